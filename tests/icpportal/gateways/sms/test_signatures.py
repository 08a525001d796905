"""The local suppliers check signatures like the real ones: they reproduce the examples of their documents."""

from tests.icpportal.gateways.sms.clouds import Asked, aliyun_signature, digest, tencent_signature


def test_the_example_of_alibaba_clouds_document_is_reproduced():
    signed = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version"
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": digest(b""),
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
        "authorization": f"ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders={signed},Signature=",
    }
    query = "RegionId=cn-shanghai&ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"

    found = aliyun_signature(Asked("POST", "/", query, headers, b""), "YourAccessKeySecret")

    assert found == "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"


def test_the_example_of_tencent_clouds_document_is_reproduced():
    scope = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******/2019-02-25/cvm/tc3_request"
    headers = {
        "content-type": "application/json; charset=utf-8",
        "host": "cvm.tencentcloudapi.com",
        "x-tc-timestamp": "1551113065",
        "authorization": f"TC3-HMAC-SHA256 Credential={scope}, SignedHeaders=content-type;host, Signature=",
    }
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'

    found = tencent_signature(Asked("POST", "/", "", headers, body), "Gu5t9xGARNpq86cd98joQYCN3*******")

    assert found == "2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c"
