import Support
import Testing

/// `shard(list)` as a script sees it.
@Suite struct ShardEndToEndTests {
    static let script = """
        local list = {}
        for i = 1, 60 do
          list[i] = i % 3 == 0 and { id = "id-" .. i, keep = function() end } or "id-" .. i
        end
        for _, e in ipairs(shard(list)) do
          print(type(e) == "table" and e.keep and e.id or e)
        end
        """

    private static let whole = (1...60).map { "id-\($0)" }

    @Test(arguments: [
        [["--shard", "0/3"], ["--shard", "1/3"], ["--shard", "2/3"]],
        [["--shard", "1/3"], ["--shard", "2/3"], ["--shard", "3/3"]],
        [["--shard", "1/1"]], [[]],
    ]) func `every element lands in exactly one shard`(_ copies: [[String]]) throws {
        let parts = try copies.map { try ProgramRun.of("vmoon", $0 + ["-e", Self.script]) }
        #expect(parts.allSatisfy { $0.status == 0 })
        #expect(parts.flatMap(\.lines).sorted() == Self.whole.sorted())
        #expect(copies.count == 1 || parts.allSatisfy { $0.lines.count > 5 })
        // In the order of the list.
        for part in parts {
            #expect(part.lines == Self.whole.filter(Set(part.lines).contains))
        }
    }

    @Test func `an item, its identifier and a table with it are one`() throws {
        let code = """
            local i = item "golden/ubuntu-22.04"
            local n = #shard{ i, i.id, { id = i.id } }
            print(n == 0 or n == 3, n == 3 and shard{ i }[1] == i or n == 0)
            """
        var counts = 0
        for shard in ["0/2", "1/2"] {
            let run = try ProgramRun.of(
                "vmoon",
                ["--sim", "--sandbox", "--shard", shard, "-e", code + " print(n)"]
            )
            #expect(run.output.hasPrefix("true\ttrue\n"), "\(run)")
            counts += Int(run.lines.last ?? "") ?? 0
        }
        #expect(counts == 3)
    }

    @Test(arguments: [
        ("shard()", "must be a list"), ("shard('a')", "must be a list"),
        ("shard{ {} }", "element 1 of the list has no identifier"),
        ("shard{ 'a', '' }", "element 2"), ("shard{ 'a', 1.5 }", "element 2"),
    ]) func `a misuse is 64`(_ code: String, _ text: String) throws {
        let run = try ProgramRun.of("vmoon", ["-e", code])
        #expect(run.status == 64 && run.error.contains(text), "\(run)")
    }

    @Test func `an engine that gives no count is 64, and only where it is asked`() throws {
        let environment = ["JOB_COMPLETION_INDEX": "1"]
        let run = try ProgramRun.of("vmoon", ["-e", "shard{}"], environment: environment)
        #expect(run.status == 64 && run.error.contains("VMOON_SHARD_COUNT"), "\(run)")
        #expect(try ProgramRun.of("vmoon", ["-e", ""], environment: environment).status == 0)
    }
}
