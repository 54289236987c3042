extension String {
    /// The text for roff: backslashes and hyphens escaped, no line that looks like a request.
    public var roff: String {
        var text = ""
        for character in self {
            switch character {
            case "\\": text += "\\e"
            case "-": text += "\\-"
            // Terminals without UTF-8 cannot show this character.
            case "…": text += "..."
            default: text.append(character)
            }
        }
        return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
    }
}
