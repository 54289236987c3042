import Posix
import Testing

/// Compares a text with the file of that name in `Golden/`.
///
/// A missing file is a failure. With `RECORD_GOLDEN=1` the file is rewritten, and the test fails all
/// the same: recording cannot be left on.
func expectGolden(_ text: String, _ name: String, at location: SourceLocation = #_sourceLocation) {
    let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
    let path = "/\(folder)/Golden/\(name)"
    if Environment.all()["RECORD_GOLDEN"] == "1" {
        try? File.replace(path, with: Array(text.utf8), mode: 0o644)
        Issue.record("recorded \(name); run again without RECORD_GOLDEN", sourceLocation: location)
        return
    }
    let golden = (try? File.read(path, limit: 1 << 20))?.text
    #expect(text == golden, "differs from Golden/\(name)", sourceLocation: location)
}
