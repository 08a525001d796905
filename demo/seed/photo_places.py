"""Invented places for the administrator's photo; one of them has closed."""

from verification.models import PhotoPlace

HOURS = ("周一至周五 9:00–17:00", "Mon–Fri 9:00–17:00")
# region, name, address, phone, each name and address in Chinese and English
PLACES = (
    ("640100", "银川市示例拍照点", "Yinchuan sample place", "宁夏银川市金凤区示例路1号", "1 Sample Road, Jinfeng, Yinchuan", "0951-0000-001"),
    ("640200", "石嘴山市示例拍照点", "Shizuishan sample place", "宁夏石嘴山市大武口区示例街2号", "2 Sample Street, Dawukou, Shizuishan", "0952-0000-002"),
    ("120100", "天津市示例拍照点", "Tianjin sample place", "天津市和平区示例道3号", "3 Sample Road, Heping, Tianjin", "022-0000-0003"),
    ("110100", "北京市示例拍照点", "Beijing sample place", "北京市东城区示例胡同4号", "4 Sample Hutong, Dongcheng, Beijing", "010-0000-0004"),
    ("440300", "深圳市示例拍照点", "Shenzhen sample place", "广东省深圳市福田区示例大道5号", "5 Sample Avenue, Futian, Shenzhen", "0755-0000-0005"),
    ("440100", "广州市旧示例拍照点", "Guangzhou former sample place", "广东省广州市越秀区示例路6号", "6 Sample Road, Yuexiu, Guangzhou", "020-0000-0006"),
)  # fmt: skip
CLOSED = "440100"


def fill() -> int:
    """Creates the list if there is none; returns how many places it has."""
    if not PhotoPlace.objects.exists():
        PhotoPlace.objects.bulk_create(
            PhotoPlace(
                region=region,
                name_zh=name_zh,
                name_en=name_en,
                address_zh=address_zh,
                address_en=address_en,
                hours_zh=HOURS[0],
                hours_en=HOURS[1],
                phone=phone,
                active=region != CLOSED,
            )
            for region, name_zh, name_en, address_zh, address_en, phone in PLACES
        )
    return PhotoPlace.objects.count()
