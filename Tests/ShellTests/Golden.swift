import Posix
import Testing

/// Compares a text with the file of that name in `Golden/`.
///
/// A missing file is a failure. With `RECORD_GOLDEN=1` the file is rewritten, and the test fails all
/// the same: recording cannot be left on.
func expectGolden(_ text: String, _ name: String, at location: SourceLocation = #_sourceLocation) {
    if Environment.all()["RECORD_GOLDEN"] == "1" {
        try? File.replace(goldenFolder + name, with: Array(text.utf8), mode: 0o644)
        Issue.record("recorded \(name); run again without RECORD_GOLDEN", sourceLocation: location)
        return
    }
    // A long text is not shown: its lines are.
    let lines = text.split(separator: "\n")
    let recorded = golden(name)?.split(separator: "\n")
    let (new, old) = (Set(lines), Set(recorded ?? []))
    let changes =
        lines.filter { !old.contains($0) }.map { "+ \($0)" }
        + (recorded ?? []).filter { !new.contains($0) }.map { "- \($0)" }
    let isSame = text == golden(name)
    #expect(
        isSame,
        "differs from Golden/\(name):\n\(changes.joined(separator: "\n"))",
        sourceLocation: location
    )
}

/// What is recorded under a name; nil for nothing.
private func golden(_ name: String) -> String? {
    (try? File.read(goldenFolder + name, limit: 1 << 20))?.text
}

private let goldenFolder =
    "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Golden/"
