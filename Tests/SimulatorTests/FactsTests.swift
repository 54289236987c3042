import Support
import Testing

@testable import Simulator

/// The simulator's tables beside VMware's own classes.
struct FactsTests {
    @Test func `operations, structures and enumerations are those of VMware's Python classes`()
        throws
    {
        let facts = try Facts().lines.filter { !$0.hasPrefix("  errors") }
        let blocks = facts.split { !$0.hasPrefix(" ") }
        #expect(blocks.count > 30)
        let difference = Facts.ofTables.difference(from: sorted(facts))
        #expect(difference.isEmpty, "\(difference)")
    }

    /// Blocks in the order of their first lines.
    private func sorted(_ lines: [String]) -> [String] {
        var blocks: [[String]] = []
        for line in lines {
            if line.hasPrefix(" ") {
                blocks[blocks.count - 1].append(line)
            } else {
                blocks.append([line])
            }
        }
        return blocks.sorted { $0[0] < $1[0] }.flatMap { $0 }
    }

    @Test(.enabled("VMware's SDK comes from PyPI") { PythonSDK.obstacle == nil })
    func `the facts are what VMware's package says`() throws {
        let made = try Command([PythonSDK.python, Facts.folder + "/facts.py"])
        #expect(made.code == 0)
        #expect(made.output == (try Facts().text))
    }

    @Test func `docs/simulator.md is what the simulator says of itself`() throws {
        let path = Facts.folder.dropLast("/Tests/sdk".utf8.count) + "/docs/simulator.md"
        let written = FileText.read(String(path)).map { String(decoding: $0, as: UTF8.self) }
        #expect(written == InputReference.markdown, "vmoon-sim --reference > docs/simulator.md")
    }
}
