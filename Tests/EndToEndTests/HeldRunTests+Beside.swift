import Support
import Testing

/// What a run that is held to a plan does beside vCenter.
extension HeldRunTests {
    @Test func `programs and requests to others are held as well`() throws {
        let held = try HeldRuns(
            planning: """
                exec{ "touch", "a" }
                os.execute("touch b")
                local p = io.popen("touch c")
                if p.close then p:close() end
                print(pcall(http.post, "http://127.0.0.1:1/hook?token=1", { body = "x" }))
                exec{ "true", safe = true }
                if os.getenv "MORE" then
                  for _, f in ipairs{ function() exec{ "touch", "d" } end,
                      function() os.execute("touch d") end, function() io.popen("touch d") end,
                      function() http.post("http://127.0.0.1:1/other") end } do
                    local ok, e = pcall(f)
                    print(ok, e.kind)
                  end
                end
                """
        )
        let run = try held.apply([], ["MORE": "1"])
        #expect(run.status == 0 && run.error == "", "\(run)")
        #expect(
            run.lines.dropFirst() == Array(repeating: "false\tforbidden_by_policy", count: 4)[...]
        )
        #expect(run.lines.first?.contains("transport") == true, "\(run)")
        let files = try ProgramRun.shell("ls", in: held.runs.folder).lines
        #expect(files.filter { $0.count == 1 } == ["a", "b", "c"])
    }
}
