import Testing

@testable import Shell

struct HistoryTests {
    struct KeepCase: Sendable, CustomTestStringConvertible {
        let entry: String
        let isKept: Bool
        var testDescription: String { entry }

        init(_ entry: String, _ isKept: Bool) {
            self.entry = entry
            self.isKept = isKept
        }
    }

    static let keeping: [KeepCase] = [
        KeepCase("x = 1", true),
        KeepCase(" x = 1", false),
        KeepCase("\tx = 1", false),
        KeepCase("", false),
        KeepCase("session{ vcenter = 'a', user = 'b' }", true),
        KeepCase("session{ password = 'hunter2' }", false),
        KeepCase("session{ [\"password\"] = 'hunter2' }", false),
        KeepCase("vcPassword = \"hunter2\"", false),
        KeepCase("session{ password_file = '/run/pw' }", true),
        KeepCase("session{ password = secret.env 'PW' }", true),
        KeepCase("secret.file('/run/pw')", true),
        KeepCase("login('me', token, 'abc')", false),
        KeepCase("http.get(u, { headers = { Authorization = 'Bearer x' } })", false),
        KeepCase("h = 'Authorization: Basic YTpi'", false),
        KeepCase("session{ password = [[hunter2]] }", false),
        KeepCase("session{ password = 'hunter2", false),
        KeepCase("pw='hunter2'", false),
        KeepCase("exec{ 'curl', '-u', 'me:hunter2', 'https://h/' }", false),
        KeepCase("exec{ 'curl', '-u', 'me', 'https://h/' }", true),
        KeepCase("exec{ 'mysql', '-u', 'me', '-phunter' }", false),
        KeepCase("os.execute('curl -u me:hunter2 https://h/')", false),
        KeepCase("os.execute 'mysql -phunter db'", false),
        KeepCase("os.execute 'PGPASSWORD=x psql'", false),
        KeepCase("os.execute 'find . -print'", true),
        KeepCase("exec{ 'mkdir', '-p', '/a/b' }", true),
        KeepCase("print('at 10:30 - a=b', 'x@y')", true),
        KeepCase("exec{ 'tool', '--token', 'hunter2' }", false),
        KeepCase("exec{ 'tool', '--token=hunter2' }", false),
        KeepCase("http.get 'https://h/x?api_key=hunter2'", false),
        KeepCase("http.get 'https://h/x?a=1&sig=hunter2'", false),
        KeepCase("http.get 'https://h/x?a=1'", true),
        KeepCase("session{ vcenter = 'https://me:hunter2@vc' }", false),
        KeepCase("session{ vcenter = 'https://me@vc' }", true),
        KeepCase("h = { Cookie = 'a=b' }", false),
        KeepCase("exec{ 'curl', '-H', 'X-Api-Key: hunter2' }", false),
        KeepCase("x = 1 -- password: hunter2", false),
        KeepCase("h = 'Authorization: ' .. x", true),
        KeepCase("for key, author in pairs{ a = 'b' } do print(key, 'x') end", true),
    ]

    @Test(arguments: keeping) func `no secret is kept, nor what begins with a space`(
        _ test: KeepCase
    ) {
        #expect(HistoryRules.keeps(test.entry) == test.isKept)
    }

    @Test(arguments: ["x", "a\nb", "a\\nb", "a\\\nb\\", "print('\\n')\n", "日本\n\t"])
    func `an entry is one line of the file and comes back as it was`(_ entry: String) {
        let line = HistoryFile.encode(entry)
        #expect(!line.contains("\n"))
        #expect(HistoryFile.decode(line) == entry)
    }
}
