import Support
import Testing

/// Tables in every form, comma-separated values, times and programs, as scripts use them.
@Suite struct ReportTests {
    private static let rows = """
        local rows = { { name = "web-2", size = 10, note = 'say "x", y' }, { name = "web-10", size = 9.5 },
          { name = "db|1", note = "<b>&\\ntwo" } }

        """

    private func run(_ text: String, _ options: [String] = [], variables: [String: String] = [:])
        throws
        -> ProgramRun
    {
        let folder = TestFolder()
        let script = try folder.write(text, to: "report.lua")
        return try ProgramRun.of("vmoon", options + [script], environment: variables, in: folder)
    }

    @Test(arguments: [
        ("{ columns = { 'size', 'name' } }", "size  name\n  10  web-2\n 9.5  web-10\n      db|1\n"),
        ("{ columns = { 'name' }, sort = 'size' }", "name\nweb-10\nweb-2\ndb|1\n"),
        ("{ columns = 'name', sort = '-size' }", "name\nweb-2\nweb-10\ndb|1\n"),
        ("{ columns = { 'name' }, sort = { 'name' } }", "name\ndb|1\nweb-10\nweb-2\n"),
        (
            "{ format = 'csv' }",
            "name,note,size\nweb-2,\"say \"\"x\"\", y\",10\nweb-10,,9.5\ndb|1,\"<b>&\ntwo\",\n"
        ),
        (
            "{ format = 'markdown', columns = { 'name', 'size', 'note' } }",
            """
            | name | size | note |
            | --- | ---: | --- |
            | web-2 | 10 | say "x", y |
            | web-10 | 9.5 |  |
            | db\\|1 |  | &lt;b>&<br>two |

            """
        ),
        (
            "{ format = 'html', columns = { 'name', 'size', 'note' } }",
            """
            <table>
            <thead><tr><th>name</th><th>size</th><th>note</th></tr></thead>
            <tbody>
            <tr><td>web-2</td><td style="text-align:right">10</td><td>say &quot;x&quot;, y</td></tr>
            <tr><td>web-10</td><td style="text-align:right">9.5</td><td></td></tr>
            <tr><td>db|1</td><td style="text-align:right"></td><td>&lt;b&gt;&amp;<br>two</td></tr>
            </tbody>
            </table>

            """
        ),
        (
            "{ format = 'json', columns = { 'name', 'size' }, sort = 'name' }",
            """
            [
              {
                "name": "db|1"
              },
              {
                "name": "web-10",
                "size": 9.5
              },
              {
                "name": "web-2",
                "size": 10
              }
            ]

            """
        ),
    ]) func `a table is shown in the form that is asked for`(_ options: String, _ text: String)
        throws
    {
        let run = try run(Self.rows + "show(rows, \(options))")
        #expect(run.output == text, "\(run.error)")
    }

    @Test(arguments: [
        ("{ format = 'cvs' }", "format must be one of table, csv, json, markdown, html"),
        ("{ columns = { 'nmae' } }", "no row has a field \"nmae\""),
        ("{ columns = 3 }", "columns must be a list of names of fields"),
        ("{ format = 'csv', colums = { 'name' } }", "did you mean columns?"),
        ("{ sort = {} }", "sort must be the name of a field"),
    ]) func `a wrong option is refused`(_ options: String, _ problem: String) throws {
        let run = try run(Self.rows + "show(rows, \(options))")
        #expect(run.status == 64)
        #expect(run.error.contains(problem), "\(run.error)")
    }

    @Test func `two values are shown as before, and secrets stay hidden`() throws {
        let run = try run(
            """
            show({ a = 1 }, { b = 2 })
            show("x", 3)
            show({ { token = secret.env "TOKEN", f = print } }, { format = "csv" })
            show({ { token = secret.env "TOKEN" } }, { format = "json" })
            """,
            variables: ["TOKEN": "hush-hush"]
        )
        #expect(
            run.output.hasPrefix("{a = 1}\n{b = 2}\n\"x\"\n3\nf,token\n<function print>,***\n")
        )
        #expect(run.output.contains("\"token\": \"***\"") && !run.output.contains("hush"))
    }

    @Test func `a file gets all rows, in the form of its name`() throws {
        let text = """
            local rows = {}
            for i = 1, 150 do rows[i] = { n = i } end
            show(rows, { file = "all.csv" })
            show(rows, { file = "all.txt" })
            show(rows)
            for _, name in ipairs{ "all.csv", "all.txt" } do
              local n = 0
              for line in io.lines(name) do n = n + 1 end
              print(name, n)
            end
            """
        let run = try run(text)
        #expect(run.output.hasSuffix("… 50 more\nall.csv\t151\nall.txt\t151\n"), "\(run.error)")
        let refused = try self.run("show({ { n = 1 } }, { file = 'a.csv' })", ["--sandbox"])
        #expect(refused.status == 77)
    }

    @Test func `comma-separated values are read and written`() throws {
        let run = try run(
            #"""
            local rows = csv.decode('name;note\r\n"web;1";"a\nb"\r\nshort\r\n', { separator = ";" })
            print(#rows, rows[1].name, #rows[1].note, rows[2].name, rows[2].note)
            local lists = csv.decode("a,b\n1,2\n", { header = false })
            print(#lists, lists[2][2])
            io.write(csv.encode({ { "x", 1, true }, { "a,b", json.null, 2.5 } }))
            io.write(csv.encode({ { b = 1, a = { 1, 2 } } }, { columns = { "b", "a" }, separator = ";" }))
            print(#csv.encode{}, #csv.decode "")
            print(pcall(csv.decode, 'a,b\n1,2,3'))
            print(pcall(csv.decode, 'a,b\n"1'))
            print(pcall(csv.decode, 'a,a\n1,2'))
            print(pcall(csv.encode, { 3 }))
            print((pcall(csv.encode, 1)))
            print(pcall(csv.decode, "a", { separator = "ab" }))
            """#
        )
        #expect(
            run.output
                == "2\tweb;1\t3\tshort\tnil\n2\t2\nx,1,true\r\n\"a,b\",,2.5\r\nb;a\r\n1;[1,2]\r\n0\t0\n"
                + "false\tcsv.decode: protocol: line 2: 3 fields, and 2 have a name\n"
                + "false\tcsv.decode: protocol: line 2: the quotation mark is not closed\n"
                + "false\tcsv.decode: protocol: line 1: two fields have the same name\n"
                + "false\tcsv.encode: usage: rows must be a list of records, or of lists\nfalse\n"
                + "false\tcsv.decode: usage: separator must be one character, such as \";\" or \"\\t\"\n",
            "\(run.error)"
        )
    }

    @Test func `times go by the calendar and by the clocks of a place`() throws {
        let run = try run(
            """
            local t = "2026-03-28T11:00:00Z"
            print(time.add(t, "1h30m") - time.parse(t), time.add(t, -0.5) - time.parse(t))
            print(time.format(time.add(t, { months = -1, hours = 2 })))
            print(time.format(time.add(t, { days = 1 }, "Europe/Vienna"), "%F %R %Z", "Europe/Vienna"))
            print(time.format(time.add(t, { days = 1 }, "local"), "%F %T %z", "local"))
            print(time.format(0, "%A", "-01:00"))
            print(pcall(time.format, 0, "%Q"))
            print(pcall(time.format, 0, "%F", "Europe/Veinna"))
            print(pcall(time.format, 0, "%F", "../../etc/passwd"))
            print(pcall(time.add, 0, { dyas = 1 }))
            print(pcall(time.add, 0, { years = 9000 }))
            """,
            variables: ["TZ": "EST5EDT,M3.2.0,M11.1.0"]
        )
        #expect(
            run.output == """
                5400\t-0.5
                2026-02-28T13:00:00.000Z
                2026-03-29 12:00 CEST
                2026-03-29 07:00:00 -0400
                Wednesday
                false\ttime.format: usage: %Q stands for nothing
                false\ttime.format: usage: there is no time zone "Europe/Veinna"
                false\ttime.format: usage: there is no time zone "../../etc/passwd"
                false\ttime.add: usage: there is no option "dyas"
                false\ttime.add: usage: that is not in the years 0000 to 9999

                """,
            "\(run.error)"
        )
    }

    @Test func `a program has a folder, variables, and the terminal`() throws {
        let run = try run(
            """
            local r = exec{ "sh", "-c", "pwd; echo $SITE $TOKEN ${HOME-none}", cwd = "/",
              env = { SITE = "DC0", TOKEN = secret.env "SECRET", HOME = false } }
            io.write(r.stdout)
            print "before"
            local t = exec{ "sh", "-c", "echo seen; echo err >&2; exit 3", terminal = true }
            print(t.code, #t.stdout, #t.stderr)
            print(pcall(exec, { "ls", cwd = "/no/such" }))
            print(pcall(exec, { "ls", env = { ["A=B"] = "x" } }))
            print(pcall(exec, { "ls", env = { A = 3 } }))
            print(pcall(exec, { "cat", terminal = true, stdin = "x" }))
            print(pcall(exec, { "ls", cwdd = "/" }))
            """,
            variables: ["SECRET": "hush", "HOME": "/root"]
        )
        #expect(
            run.output == """
                /
                DC0 hush none
                before
                seen
                3\t0\t0
                false\texec: not_found: cannot enter /no/such: No such file or directory
                false\texec: usage: options.env: "A=B" names no variable
                false\texec: usage: options.env.A must be a string, a secret, or false
                false\texec: usage: options.stdin: with the terminal it reads from that
                false\texec: usage: options.cwdd: there is no such option

                """,
            "\(run.error)"
        )
        #expect(run.error == "err\n")
    }
}
