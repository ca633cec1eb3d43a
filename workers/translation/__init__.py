"""Neural translation on CTranslate2: model folders and inference."""
