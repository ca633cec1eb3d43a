"""Voice chat: audio or text in, text and speech out."""
