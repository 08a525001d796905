"""The old platform (原平台, HiChina): its dump is loaded, its customers bring their filings here."""
