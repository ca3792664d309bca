// Where tabs do not fit side by side they scroll: the one that is open is brought into view.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
