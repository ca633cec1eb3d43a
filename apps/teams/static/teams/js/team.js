// Opens the dialog whose form has a mistake.
document.querySelector("dialog[data-opened]")?.showModal();
