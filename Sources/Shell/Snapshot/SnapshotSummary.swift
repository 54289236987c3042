internal import Text

/// The words of a snapshot about itself: pure.
enum SnapshotSummary {
    /// `reading items: 1200 of 5000 (24%)`.
    static func line(_ progress: Survey.Progress) -> String {
        guard progress.total > 0 else { return "reading \(progress.title)" }
        let done = min(progress.done, progress.total)
        let percent = done * 100 / progress.total
        return "reading \(progress.title): \(done) of \(progress.total) (\(percent)%)"
    }

    /// `3 libraries, 120 items, 4000 machines, 214 places, 12 tags`.
    static func counts(_ document: SnapshotDocument) -> String {
        [
            count(document.libraries.count, "library", "libraries"),
            count(document.libraries.reduce(0) { $0 + $1.items.count }, "item", "items"),
            count(document.machines.count, "machine", "machines"),
            count(document.placements.count, "place", "places"),
            count(document.tags.count, "tag", "tags"),
        ].joined(separator: ", ")
    }

    /// The last line.
    static func whole(_ document: SnapshotDocument) -> String {
        document.refusals.isEmpty
            ? counts(document)
            : counts(document) + "; it lists what was not read, and a twin refuses that too"
    }

    /// The refused reads, one line for each operation and reason.
    static func lines(_ document: SnapshotDocument, isMasked: Bool) -> [String] {
        document.refusals.map { refusal, objects in
            let what =
                objects.isEmpty ? "" : " of " + count(objects.count, "object", "objects")
            // A message may have any name in it.
            let message = isMasked ? "" : ": \(Display.escape(refusal.message))"
            let kind = Display.escape(refusal.kind)
            return "not read: \(refusal.operation)\(what): \(kind)\(message)"
        }
    }

    private static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }
}
