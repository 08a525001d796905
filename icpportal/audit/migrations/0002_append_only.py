"""On PostgreSQL an entry is never changed, but to be linked, and never deleted, but where a checkpoint stands for it."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

MADE = """
CREATE FUNCTION audit_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.place IS NULL AND NEW.place IS NOT NULL
            AND (NEW.id, NEW.at, NEW.act, NEW.what, NEW.reference, NEW.reason, NEW.client, NEW.said)
              = (OLD.id, OLD.at, OLD.act, OLD.what, OLD.reference, OLD.reason, OLD.client, OLD.said)
            AND NEW.actor_id IS NOT DISTINCT FROM OLD.actor_id THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'DELETE' AND EXISTS (
        SELECT 1 FROM audit_auditcheckpoint WHERE removed > 0 AND place >= OLD.place
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'entries of the audit chain are appended, never changed or deleted';
END $$;
CREATE FUNCTION audit_checkpoint_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.at, NEW.place, NEW.digest, NEW.removed)
            = (OLD.id, OLD.at, OLD.place, OLD.digest, OLD.removed)
        AND (NEW.since, NEW.until) IS NOT DISTINCT FROM (OLD.since, OLD.until) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'checkpoints of the audit chain are never changed or deleted';
END $$;
CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE ON audit_auditentry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_stays();
CREATE TRIGGER audit_entries_stay BEFORE TRUNCATE ON audit_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_stays();
CREATE TRIGGER audit_checkpoint_stays BEFORE UPDATE OR DELETE ON audit_auditcheckpoint
    FOR EACH ROW EXECUTE FUNCTION audit_checkpoint_stays();
CREATE TRIGGER audit_checkpoints_stay BEFORE TRUNCATE ON audit_auditcheckpoint
    FOR EACH STATEMENT EXECUTE FUNCTION audit_checkpoint_stays();
"""
TAKEN_OUT = """
DROP TRIGGER audit_entry_stays ON audit_auditentry;
DROP TRIGGER audit_entries_stay ON audit_auditentry;
DROP TRIGGER audit_checkpoint_stays ON audit_auditcheckpoint;
DROP TRIGGER audit_checkpoints_stay ON audit_auditcheckpoint;
DROP FUNCTION audit_entry_stays();
DROP FUNCTION audit_checkpoint_stays();
"""


def make(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(MADE)


def take_out(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(TAKEN_OUT)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunPython(make, take_out)]
