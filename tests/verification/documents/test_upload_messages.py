"""The messages to applicants, word for word, in both languages."""

import pytest
from django.utils import translation

from verification.documents.upload_messages import SENTENCES, UploadRefused, sentence

CHINESE = {
    "file_type": "请上传 JPEG、PNG、HEIC 或 WebP 图片",
    "file_type_named": "这是 GIF 文件，请上传 JPEG、PNG、HEIC 或 WebP 图片",
    "file_big": "图片超过 8 MB，请压缩或重拍后上传",
    "file_empty": "文件为空，请重新选择",
    "file_none": "尚未选择文件，请选择后上传",
    "file_broken": "图片无法打开，请重新拍照后上传",
    "file_pixels": "超过 4000 万像素：请将相机设为 1200 万像素重拍，或缩小图片",
    "file_small": "图片太小，文字看不清，请靠近重拍",
    "file_moves": "这是动态图片，请拍摄静态照片，或将其中一帧存为 JPEG 或 PNG",
    "uploads_order": "此订单一天内上传的图片过多，请在16:20后上传下一张",
    "uploads_account": "此账号一天内上传的图片过多，请在16:20后上传下一张",
    "uploads_all": "此订单已收到 400 张图片，不再接收，请致电我们继续办理",
    "file_strip": "图片过于狭长，请将整页拍进一张图片",
    "file_virus": "文件未通过安全检查，请更换文件",
    "scanner_wait": "文件已收下，检查恢复后即可提交",
    "storage_down": "暂时无法接收图片，请几分钟后再试",
    "upload_failed": "上传中断，请重新选择文件",
    "photo_size": "照片小于 800×600 像素，请靠近重拍",
}
PARAMS = {"file_big": {"max": 8}, "file_type_named": {"found": "GIF"}, "uploads_all": {"max": 400}}
PARAMS |= dict.fromkeys(("uploads_order", "uploads_account"), {"time": "16:20"})


def test_every_sentence_has_its_chinese():
    with translation.override("zh-hans"):
        said = {key: UploadRefused(key, params=PARAMS.get(key)).messages[0] for key in SENTENCES}

    assert said == CHINESE


@pytest.mark.parametrize("key", sorted(CHINESE))
def test_a_chinese_sentence_has_at_most_thirty_han_characters(key: str):
    assert sum("\u4e00" <= letter <= "\u9fff" for letter in CHINESE[key]) <= 30


def test_a_refusal_has_its_key_and_the_language_of_the_request():
    with translation.override("en"):
        refused = UploadRefused("file_empty")

    with translation.override("zh-hans"):
        assert (refused.code, refused.messages) == ("file_empty", ["The file is empty: choose another file"])


def test_an_unknown_key_gives_no_text():
    assert sentence("") == sentence("nobody") == ""
