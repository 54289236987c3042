import Glibc
import Posix

/// A folder of its own for one test, removed with all it holds.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = "/tmp/vmoon-posix-\(RandomIdentifier.make())"
        try Folder.makePrivate(path)
    }

    deinit { _ = try? Command(["rm", "-rf", path], timeout: .seconds(20)).run() }

    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    func mode(_ name: String) -> UInt32 {
        var status = stat()
        lstat(self(name), &status)
        return status.st_mode & 0o7777
    }
}
