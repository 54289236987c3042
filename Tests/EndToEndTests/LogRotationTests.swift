import Foundation
import JSON
import Support
import Testing

/// A log that is moved away during a run, as logrotate does it, has all records: some in the old file, the others in the
/// new one.
@Suite struct LogRotationTests {
    @Test(arguments: [[], ["--cron"]], [0, 3] as [Int32])
    func `JSON lines of both files together are those of the run`(
        _ options: [String],
        _ status: Int32
    ) throws {
        let folder = TestFolder()
        // Twice: the second time a file of an earlier rotation is there.
        let code = """
            for n = 1, 2 do
              log.info('before ' .. n)
              os.rename('a.log', 'a.log.' .. n)
              os.execute('kill -HUP $PPID')
              local file repeat
                sleep(0.01)
                file = io.open('a.log')
              until file
              file:close()
              log.info('after ' .. n)
            end
            os.exit(\(status))
            """
        let words = options + ["--log-format", "json", "--log-file", "a.log", "-e", code]
        let run = try ProgramRun.of("vmoon", words, in: folder)
        #expect(run.status == status, "\(run)")
        var files: [[JSONValue]] = []
        for name in ["a.log.1", "a.log.2", "a.log"] {
            let text = try String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8)
            #expect(text.hasSuffix("\n"))
            files.append(try RunLogTests.records(text, in: folder))
        }
        func texts(_ records: [JSONValue]) -> [String?] {
            records.map { $0["event"]?.string ?? $0["message"]?.string }
        }
        #expect(texts(files[0]) == ["run_begin", "before 1"])
        #expect(texts(files[1]) == ["after 1", "before 2"])
        #expect(texts(files[2]) == ["after 2", "run_end"])
        let all = files.joined()
        #expect(Set(all.map { $0["run_id"]?.string }).count == 1)
        #expect(all.last?["exit_code"]?.integer == Int(status))
        // Standard error has the same, unless it is kept back.
        let shown = try RunLogTests.records(run.error, in: folder)
        #expect(shown == (status == 0 && !options.isEmpty ? [] : Array(all)), "\(run)")
    }
}
