import Support
import Testing

/// Names and arguments that are not UTF-8 reach files and programs as they are.
@Suite struct ByteTests {
    /// A line of bash in a folder with `n\xff.lua` and a file named `v\xff`; what it prints, and its code.
    static let lines: [(line: String, output: String, status: Int32)] = [
        ("$V $'n\\xff.lua' $'a\\xfe'", "n\\xFF.lua a\\xFE\n", 0),
        ("$V -e $'io.write(#\"\\xff\\xfe\")'", "2", 0),
        ("$V -e 'exec{ \"rm\", \"v\\xff\" }' && ls", "d\\xFE\nlink.lua\nn\\xFF.lua\n", 0),
        ("$V -e 'io.write(exec{ \"printf\", \"\\xfe\\xff\" }.stdout)'", "\\xFE\\xFF", 0),
        ("$V $'d\\xfe/main.lua'", "beside\n", 0), ("$V link.lua", "beside\n", 0),
        ("$V check $'n\\xff.lua'", "", 0),
        ("$V --log-file $'l\\xff' -e '' && ls l?", "l\\xFF\n", 0),
        ("$V $'none\\xff.lua' 2> /dev/null", "", 66),
        (
            "$V check $'none\\xff.lua' 2>&1",
            "vmoon: cannot read none\\xFF.lua: No such file or directory\n", 66
        ),
    ]

    @Test(arguments: lines) func `a name that is no UTF-8 stays what it is`(
        _ line: String,
        _ output: String,
        _ status: Int32
    ) throws {
        let folder = TestFolder()
        let vmoon = try SimulatorProcess.program("vmoon")
        // Bytes are told as text: this process reads what comes as UTF-8.
        let run = try ProgramRun.shell(
            """
            V='\(vmoon)'
            printf 'io.write(arg[0], " ", arg[1] or "", "\\\\n")' > $'n\\xff.lua'
            touch $'v\\xff'
            mkdir $'d\\xfe'
            echo 'return "beside"' > $'d\\xfe/sibling.lua'
            echo 'io.write(require "sibling", "\\n")' > $'d\\xfe/main.lua'
            ln -s $'d\\xfe/main.lua' link.lua
            set -o pipefail
            { \(line); } | LC_ALL=C sed 's/\\xff/\\\\xFF/g; s/\\xfe/\\\\xFE/g'
            """,
            in: folder
        )
        #expect(run.output == output && run.status == status, "\(line): \(run)")
    }
}
