/// The options that choose among past runs.
extension Flag {
    static let runRows: [Flag] = [
        Flag(
            .failed,
            "failed",
            in: .output,
            "Only runs that did not reach their end.",
            detail: "Their exit code was not 0, a signal ended them, or their process died."
        ),
        Flag(.open, "open", in: .output, "Only runs with a change whose outcome is not known."),
        Flag(
            .since,
            "since",
            .duration(atLeast: .milliseconds(1)),
            "TIME",
            in: .output,
            "Only runs that began in the last TIME.",
            detail: "Times are written 90m, 24h, 7d."
        ),
        Flag(
            .item,
            "item",
            .text,
            "ITEM",
            in: .output,
            "Only runs that changed ITEM.",
            detail: "By its name, as library/name, or by its identifier."
        ),
        Flag(
            .atVCenter,
            "vcenter",
            .address,
            "URL",
            in: .output,
            "Only runs that changed something in this vCenter."
        ),
        Flag(
            .rows,
            "limit",
            .count(1...100_000),
            "N",
            in: .output,
            "At most N runs, the newest.",
            default: .count(RunChoice.usualLimit)
        ),
    ]
}
