"""Neural translation on CTranslate2: what a folder holds, and translating with it."""
