"""Files: static files, documents, and files exchanged with the ministry."""

from django.core.exceptions import ImproperlyConfigured

from icpportal.configuration.environment import BASE_DIR, VAR_DIR, env

STATIC_URL = "static/"
STATIC_ROOT = env.folder("STATIC_ROOT", VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "icpportal.pages.bundles.BundleFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STATIC_BUNDLES_ROOT = VAR_DIR / "bundles"  # bundles of style sheets and scripts
PRIVATE_ROOT = VAR_DIR / "documents"
QUARANTINE_ROOT = VAR_DIR / "quarantine"
MINISTRY_ROOT = VAR_DIR / "ministry"  # files sent to and received from the ministry, sealed
EXPORTS_ROOT = VAR_DIR / "exports"  # copies of people's own data, sealed
PRIVATE_FILES = {"base_url": None, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
S3_BUCKET = env.str("S3_BUCKET", default="")
STORAGE_REGION_WAIVER = env.str("STORAGE_REGION_WAIVER", default="")
if S3_BUCKET:
    try:
        from boto3.s3.transfer import TransferConfig
        from botocore.config import Config
    except ImportError:
        raise ImproperlyConfigured("S3_BUCKET is set, and what requirements-s3.txt names is not installed.") from None
    S3_OPTIONS = {
        "bucket_name": S3_BUCKET,
        "endpoint_url": env.str("S3_ENDPOINT_URL", default="") or None,
        "region_name": env.str("S3_REGION", default="") or None,
        "access_key": env.str("S3_ACCESS_KEY"),
        "secret_key": env.str("S3_SECRET_KEY"),
        "default_acl": None,
        "querystring_auth": True,
        "querystring_expire": 60,
        "file_overwrite": False,
        # the library waits for a bucket that says nothing five times a minute; the threads of all pages would be held
        "client_config": Config(
            connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 3, "mode": "standard"}
        ),
    }
    DOCUMENT_STORAGE = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {**S3_OPTIONS, "location": "documents"}}
    # pages use storages of their own: a person waits, and has more use of the page without its pictures
    STORAGES_ON_PAGES = {
        f"{place}_on_pages": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                **S3_OPTIONS,
                "location": place,
                "client_config": Config(
                    connect_timeout=2,
                    read_timeout=seconds,
                    retries={"total_max_attempts": attempts, "mode": "standard"},
                ),
                "transfer_config": TransferConfig(use_threads=False, num_download_attempts=1),
            },
        }
        # an upload is sent once more where a bucket is busy for a moment: it costs a person more than a picture
        for place, seconds, attempts in (("documents", 4, 1), ("exports", 4, 1), ("quarantine", 5, 2))
    }
    QUARANTINE_STORAGE = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {**S3_OPTIONS, "location": "quarantine"},
    }
    MINISTRY_STORAGE = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {**S3_OPTIONS, "location": "ministry"}}
    EXPORTS_STORAGE = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {**S3_OPTIONS, "location": "exports"}}
else:
    STORAGES_ON_PAGES = {}
    DOCUMENT_STORAGE = {
        "BACKEND": "icpportal.privacy.files.folders.WholeFiles",
        "OPTIONS": {"location": PRIVATE_ROOT, **PRIVATE_FILES},
    }
    QUARANTINE_STORAGE = {
        "BACKEND": "icpportal.privacy.files.folders.WholeFiles",
        "OPTIONS": {"location": QUARANTINE_ROOT, **PRIVATE_FILES},
    }
    MINISTRY_STORAGE = {
        "BACKEND": "icpportal.privacy.files.folders.WholeFiles",
        "OPTIONS": {"location": MINISTRY_ROOT, **PRIVATE_FILES},
    }
    EXPORTS_STORAGE = {
        "BACKEND": "icpportal.privacy.files.folders.WholeFiles",
        "OPTIONS": {"location": EXPORTS_ROOT, **PRIVATE_FILES},
    }
# backups that go to `s3://…`: the account of the documents, unless they have one of their own
_own = {
    "endpoint_url": env.str("BACKUP_S3_ENDPOINT_URL", default=""),
    "region_name": env.str("BACKUP_S3_REGION", default=""),
    "access_key": env.str("BACKUP_S3_ACCESS_KEY", default=""),
    "secret_key": env.str("BACKUP_S3_SECRET_KEY", default=""),
}
_of_documents = {
    "endpoint_url": env.str("S3_ENDPOINT_URL", default=""),
    "region_name": env.str("S3_REGION", default=""),
    "access_key": env.str("S3_ACCESS_KEY", default=""),
    "secret_key": env.str("S3_SECRET_KEY", default=""),
}
BACKUPS_HAVE_BUCKET = any(_own.values())
BACKUP_S3 = {name: value or _of_documents[name] or None for name, value in _own.items()}
STORAGES = {
    "default": DOCUMENT_STORAGE,
    "documents": DOCUMENT_STORAGE,
    "quarantine": QUARANTINE_STORAGE,
    "ministry": MINISTRY_STORAGE,
    "exports": EXPORTS_STORAGE,
    **STORAGES_ON_PAGES,
    "staticfiles": {"BACKEND": env.str("STATICFILES_BACKEND", default="icpportal.pages.markup.static_files.PageFiles")},
}
# Pages name files only with their hash: copies with plain names would be compressed, too, and never requested.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Uploads stay in memory: no picture is ever on disk in plain.
UPLOAD_MAX_BYTES = 8 * 1024 * 1024
UPLOAD_MAX_PIXELS = 40_000_000
FILE_UPLOAD_HANDLERS = ["verification.documents.upload_handler.BoundedUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FILES = 1  # of a form
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
