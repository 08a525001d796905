"""The old platform (原平台, HiChina): loads its dump and lets its customers bring their filings here."""
