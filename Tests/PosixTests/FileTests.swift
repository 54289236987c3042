import Glibc
import Testing

@testable import Posix

struct FileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func error(_ body: () throws(PosixError) -> Void) -> PosixError? {
        do throws(PosixError) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    @Test func `a file is read whole, with its owner and mode`() throws {
        let text = String(repeating: "0123456789", count: 20_000)
        try File.replace(folder("f"), with: Array(text.utf8), mode: 0o640)
        let contents = try File.read(folder("f"), limit: 200_000)
        #expect(contents.text == text)
        #expect(contents.status == File.Status(owner: geteuid(), mode: 0o640))
        #expect(contents.status.isReadableByOthers && !contents.status.isWritableByOthers)
        #expect(contents.status.belongsToUserOrRoot)
    }

    @Test func `a file over the limit, a missing one, a folder and a link are refused`() throws {
        try File.replace(folder("f"), with: [1, 2, 3])
        symlink(folder("f"), folder("link"))
        #expect(
            error { () throws(PosixError) in _ = try File.read(folder("f"), limit: 2) }?.isTooLarge
                == true
        )
        #expect(
            error { () throws(PosixError) in _ = try File.read(folder("x"), limit: 2) }?.isNotFound
                == true
        )
        let directory = error { () throws(PosixError) in _ = try File.read(folder.path, limit: 2) }
        #expect(directory?.code == EISDIR)
        #expect(try File.read(folder("link"), limit: 3).bytes == [1, 2, 3])
        let link = error { () throws(PosixError) in
            _ = try File.read(folder("link"), limit: 3, followsLinks: false)
        }
        #expect(link?.code == ELOOP)
    }

    @Test func `an error says what was attempted, on what, and what came back`() {
        let missing = error { () throws(PosixError) in _ = try File.read("/nowhere/f", limit: 1) }
        #expect(missing?.description == "cannot read /nowhere/f: No such file or directory")
        #expect(
            PosixError("fork", code: 11).description
                == "cannot fork: Resource temporarily unavailable"
        )
    }

    @Test func `contents that come in pieces are there as a whole, or not at all`() throws {
        try File.replace(folder("f"), mode: 0o640) { write throws(PosixError) in
            try write([1, 2])
            try write([3])
        }
        #expect(try File.read(folder("f"), limit: 9).bytes == [1, 2, 3])
        #expect(folder.mode("f") == 0o640)
        let failure = error { () throws(PosixError) in
            try File.replace(folder("f"), mode: nil) { write throws(PosixError) in
                try write([4])
                throw PosixError("think", code: 5)
            }
        }
        #expect(failure?.code == 5)
        #expect(try File.read(folder("f"), limit: 9).bytes == [1, 2, 3])
        let names = try Command(["ls", folder.path], timeout: .seconds(20)).run().output
        #expect(String(decoding: names, as: UTF8.self) == "f\n")
    }

    @Test func `replacing leaves the new file or the old, and nothing beside it`() throws {
        try File.replace(folder("f"), with: [1])
        try File.replace(folder("f"), with: [2], mode: 0o600)
        #expect(try File.read(folder("f"), limit: 9).bytes == [2])
        #expect(folder.mode("f") == 0o600)
        mkdir(folder("taken"), 0o700)
        mkdir(folder("taken/x"), 0o700)
        #expect(
            error { () throws(PosixError) in try File.replace(folder("taken"), with: [3]) } != nil
        )
        let names = try Command(["ls", folder.path], timeout: .seconds(20)).run().output
        #expect(String(decoding: names, as: UTF8.self) == "f\ntaken\n")
    }

    @Test func `a full disk is told as such`() {
        let full = error { () throws(PosixError) in
            let device = try Descriptor(opening: "/dev/full", O_WRONLY)
            try Descriptor.write([1], to: device.number, path: "/dev/full")
        }
        #expect(full?.isOutOfSpace == true)
    }

    @Test func `a log grows, is private, and follows no link`() throws {
        let first = try AppendOnlyFile(folder("log"))
        let second = try AppendOnlyFile(folder("log"))
        try first.append(Array("a\n".utf8))
        try second.append(Array("b\n".utf8))
        try first.append(Array("c\n".utf8))
        #expect(try File.read(folder("log"), limit: 99).text == "a\nb\nc\n")
        #expect(folder.mode("log") == 0o600)
        // A disk was full in the middle of a line.
        try first.append(Array("d".utf8))
        try AppendOnlyFile(folder("log")).append(Array("e\n".utf8))
        #expect(try File.read(folder("log"), limit: 99).text == "a\nb\nc\nd\ne\n")
        symlink(folder("log"), folder("link"))
        #expect(
            error { () throws(PosixError) in _ = try AppendOnlyFile(folder("link")) }?.code == ELOOP
        )
        mkfifo(folder("pipe"), 0o600)
        #expect(error { () throws(PosixError) in _ = try AppendOnlyFile(folder("pipe")) } != nil)
    }

    @Test func `a private folder is made with those above it, and verified`() throws {
        try Folder.makePrivate(folder("a/b/c"))
        try Folder.makePrivate(folder("a/b/c"))
        #expect(folder.mode("a") == 0o700 && folder.mode("a/b/c") == 0o700)
        symlink(folder("a/b"), folder("link"))
        try Folder.makePrivate(folder("link"))
        chmod(folder("a"), 0o750)
        let open = error { () throws(PosixError) in try Folder.makePrivate(folder("a")) }
        #expect(open?.reason == "others may enter it (mode 750); chmod 700 closes it")
        try File.replace(folder("f"), with: [])
        #expect(
            error { () throws(PosixError) in try Folder.makePrivate(folder("f")) }?.code == ENOTDIR
        )
        #expect(error { () throws(PosixError) in try Folder.makePrivate("/proc/vmoon") } != nil)
    }

    @Test(.enabled(if: geteuid() == 0)) func `a folder or log of another user is refused`() throws {
        try Folder.makePrivate(folder("a"))
        try File.replace(folder("log"), with: [])
        chown(folder("a"), 12345, 12345)
        chown(folder("log"), 12345, 12345)
        #expect(
            error { () throws(PosixError) in try Folder.makePrivate(folder("a")) }?.reason
                == "it belongs to another user"
        )
        #expect(
            error { () throws(PosixError) in _ = try AppendOnlyFile(folder("log")) }?.reason
                == "it belongs to another user"
        )
        #expect(try !File.read(folder("log"), limit: 1).status.belongsToUserOrRoot)
    }
}
