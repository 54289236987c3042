internal import CProcess
import Glibc

/// Standard output and standard error, redirected into files without a name until they are to be shown.
///
/// Output of child processes goes there too. Small outputs stay in the kernel's memory; large ones
/// reach the disk of the folder for temporary files, and no file is left there however the process ends.
public enum KeptOutput {
    /// How many bytes of the beginning of a large output are kept.
    public static var head: Int { Int(vm_kept_head) }
    /// How many bytes of its end are kept.
    public static var tail: Int { Int(vm_kept_tail) }

    /// Leads both streams into files, to be shown by `release` or by a death without it.
    /// - Parameter folders: Where the files may lie; the first that takes them.
    /// - Throws: When neither a folder nor the memory does; the streams are then as they were.
    public static func begin(in folders: [String]) throws(PosixError) {
        let isShared = try place(of: 1) == place(of: 2)
        let output = (file: try makeFile(in: folders), target: try duplicate(1))
        let error = isShared ? nil : (file: try makeFile(in: folders), target: try duplicate(2))
        dup2(output.file, 1)
        dup2(error?.file ?? output.file, 2)
        vm_process_keep_output(output.file, output.target, error?.file ?? -1, error?.target ?? -1)
    }

    /// Shows the kept output, if any; once.
    public static func release() { _ = vm_process_release_output() }

    /// The file of a descriptor: equal for two descriptors of one pipe or terminal.
    private static func place(of number: Int32) throws(PosixError) -> [UInt64] {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw .current("look at an output") }
        return [UInt64(status.st_dev), UInt64(status.st_ino)]
    }

    /// Duplicates a descriptor to a number far from those that shells and scripts use.
    private static func duplicate(_ number: Int32) throws(PosixError) -> Int32 {
        let copy = fcntl(number, F_DUPFD_CLOEXEC, 10)
        guard copy >= 0 else { throw .current("keep an output") }
        return copy
    }

    private static func makeFile(in folders: [String]) throws(PosixError) -> Int32 {
        var problem = PosixError("make a temporary file", code: ENOENT)
        for folder in folders {
            let path = "\(folder)/vmoon-\(RandomIdentifier.make())"
            do throws(PosixError) {
                // Append mode: all writers, children included, write after one another.
                let file = try Descriptor(
                    opening: path,
                    O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW,
                    mode: 0o600,
                    operation: "create"
                )
                unlink(path)
                try reserve(file.number, path)
                return file.release()
            } catch {
                problem = error
            }
        }
        do throws(PosixError) {
            return try makeMemory()
        } catch {
            throw problem
        }
    }

    /// Makes a file in memory only.
    private static func makeMemory() throws(PosixError) -> Int32 {
        let number = vm_process_memory_file()
        guard number >= 0 else { throw .current("keep an output") }
        let file = Descriptor(adopting: number)
        try reserve(number, "memory")
        return file.release()
    }

    /// Reserves space: a full disk, or a file size limit, is otherwise noticed only at a write.
    private static func reserve(_ file: Int32, _ path: String) throws(PosixError) {
        try Descriptor.write([0], to: file, path: path)
        guard ftruncate(file, 0) == 0 else { throw .current("write to", path: path) }
        guard vm_process_reserve(file, 1 << 20) else {
            throw .current("write to", path: path)
        }
    }
}
