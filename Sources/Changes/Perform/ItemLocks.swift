internal import Posix
internal import Text
public import VSphere

/// Ensures that only one change at a time is made of an item.
public protocol Claims: AnyObject {
    /// Claims an item.
    /// - Parameters:
    ///   - vcenter: The vCenter.
    ///   - item: The item.
    ///   - wait: How long to wait for another process.
    ///   - granted: Called when the item is claimed, or with why it is not; perhaps at once.
    /// - Returns: Releases the claim, granted or not.
    func claim(
        vcenter: String,
        item: String,
        wait: Duration,
        granted: @escaping (VSphereError?) -> Void
    ) -> () -> Void
}

/// One change at a time of one item: between the tasks of this run in order of arrival,
/// between processes by `flock`.
final class ItemLocks: Claims {
    /// A task that claims an item.
    private final class Claim {
        let key: String
        let deadline: Duration
        var granted: ((VSphereError?) -> Void)?
        var timer: ChangeLoop.Cancellation?

        init(
            _ key: String,
            deadline: Duration,
            granted: @escaping (VSphereError?) -> Void
        ) {
            self.key = key
            self.deadline = deadline
            self.granted = granted
        }
    }

    private struct Line {
        var file: LockFile?
        /// The first one holds the item, or is about to get it.
        var claims: [Claim] = []
    }

    private let loop: any ChangeLoop
    private let folder: String?
    private var lines: [String: Line] = [:]

    /// Makes locks.
    /// - Parameters:
    ///   - loop: The loop.
    ///   - folder: The folder of the files; nil if no other process can use the same items.
    init(loop: any ChangeLoop, folder: String?) {
        self.loop = loop
        self.folder = folder
    }

    func claim(
        vcenter: String,
        item: String,
        wait: Duration,
        granted: @escaping (VSphereError?) -> Void
    ) -> () -> Void {
        let claim = Claim(
            Self.name(vcenter, item),
            deadline: loop.now + wait,
            granted: granted
        )
        lines[claim.key, default: Line()].claims.append(claim)
        if lines[claim.key]?.claims.count == 1 { serve(claim) }
        return { [self] in release(claim) }
    }

    /// Releases a claim, granted or not.
    private func release(_ claim: Claim) {
        claim.granted = nil
        claim.timer?()
        guard let place = lines[claim.key]?.claims.firstIndex(where: { $0 === claim }) else {
            return
        }
        lines[claim.key]?.claims.remove(at: place)
        guard let next = lines[claim.key]?.claims.first else {
            lines[claim.key]?.file?.unlock()
            lines[claim.key] = nil
            return
        }
        if place == 0 { serve(next) }
    }

    /// Locks the file for the first in line; the next one of this process inherits
    /// it.
    private func serve(_ claim: Claim) {
        claim.timer = nil
        guard let folder else { return grant(claim, nil) }
        do throws(PosixError) {
            let file: LockFile
            if let known = lines[claim.key]?.file {
                file = known
            } else {
                file = try LockFile("\(folder)/\(claim.key).lock")
                lines[claim.key]?.file = file
            }
            if try file.tryLock() { return grant(claim, nil) }
        } catch {
            let hint = "VMOON_STATE_DIR names the folder of the locks"
            return grant(
                claim,
                VSphereError(.journal, Display.escape(error.description), hint: hint)
            )
        }
        guard loop.now < claim.deadline else {
            return grant(
                claim,
                VSphereError(
                    .conflict,
                    "another vmoon is changing this item",
                    hint: "--lock-wait waits for it"
                )
            )
        }
        // flock offers no descriptor to wait for, so it is polled.
        let pause = min(claim.deadline - loop.now, .milliseconds(50))
        claim.timer = loop.after(pause) { [self] in serve(claim) }
    }

    private func grant(_ claim: Claim, _ error: VSphereError?) {
        guard let granted = claim.granted else { return }
        claim.granted = nil
        granted(error)
    }

    /// A file name: readable, and different for different items.
    static func name(_ vcenter: String, _ item: String) -> String {
        let text = "\(vcenter)/\(item)"
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a: the same in every process
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let plain = item.unicodeScalars.prefix(40).map { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic || "0123456789-".unicodeScalars.contains(scalar))
                ? Character(scalar) : "_"
        }
        return String(plain) + "-" + String(hash, radix: 16)
    }
}
