internal import Text

/// The manual page, `vmoon-sim(1)`, in the macros of man(7).
enum ManualPage {
    /// The page.
    static var text: String {
        var lines = [
            ".TH VMOON\\-SIM 1 \"\" \"vmoon \(Release.version)\"", ".SH NAME",
            "vmoon\\-sim \\- a simulated vCenter that keeps state",
            ".SH SYNOPSIS", ".B vmoon\\-sim", "[options]",
            ".SH DESCRIPTION",
            "vmoon\\-sim answers as a vCenter does: sessions, content libraries, VM templates and machines, in",
            "both dialects, over TLS, with faults on command. It prints one line of JSON with its URL, user,",
            "password and the file of its authority's certificate, and runs until it is ended.",
            "The certificates are made by", ".BR openssl (1).",
            ".SH OPTIONS",
        ]
        for row in OptionParser.rows { lines += [".TP", ".B \(row.heading.roff)", row.help.roff] }
        lines += [".PP", "Durations: 250ms, 30s, 5m, 1h30m.", ".SH EXIT STATUS"]
        for (code, meaning) in codes { lines += [".TP", ".B \(code)", meaning.roff] }
        return (lines + [".SH SEE ALSO", ".BR vmoon (1)"]).joined(separator: "\n") + "\n"
    }

    private static let codes = [
        (0, "it was told to end"),
        (64, "the command line is wrong"),
        (66, "a file of the command line cannot be read"),
        (69, "the address cannot be used"),
        (74, "output could not be written"),
        (75, "another simulator uses the state file"),
        (78, "certificates or the state file cannot be written"),
    ]
}
