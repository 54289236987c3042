public import Journal
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

    /// The claim that a change depends on in the journal, if other hosts can take it over.
    /// - Parameters:
    ///   - vcenter: The vCenter.
    ///   - item: The item; empty for a change that claims none.
    /// - Returns: The claim; nil where nobody can take it over.
    func fence(vcenter: String, item: String) -> HeldClaim?

    /// Whether nobody can have taken anything over yet.
    var isCertain: Bool { get }

    /// Until when that is so, by `VCenter.uptime`, if it is not asked again; nil for ever.
    var certainUntil: Duration? { get }

    /// Makes sure that nobody has taken anything over.
    /// - Parameter completion: Called with nil, or with why nothing may be sent.
    func confirm(completion: @escaping (VSphereError?) -> Void)
}

extension Claims {
    /// No claim: no other host uses the same journal.
    public func fence(vcenter: String, item: String) -> HeldClaim? { nil }

    /// Always, on one host.
    public var isCertain: Bool { true }

    /// For ever, on one host.
    public var certainUntil: Duration? { nil }

    /// Confirms it at once.
    public func confirm(completion: @escaping (VSphereError?) -> Void) { completion(nil) }
}

/// One change at a time of one item: between the tasks of this run in order of arrival,
/// between processes by `flock`, and between hosts by claims in the journal that they share.
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
        /// The claim in the journal.
        var held: HeldClaim?
        /// The first one holds the item, or is about to get it.
        var claims: [Claim] = []
    }

    private let loop: any ChangeLoop
    private let folder: String?
    private let leases: Leases?
    private var lines: [String: Line] = [:]

    /// Makes locks.
    /// - Parameters:
    ///   - loop: The loop.
    ///   - folder: The folder of the files; nil if no other process can use the same items.
    ///   - leases: What is claimed in the journal, in place of files.
    init(loop: any ChangeLoop, folder: String?, leases: Leases? = nil) {
        self.loop = loop
        self.folder = folder
        self.leases = leases
    }

    func claim(
        vcenter: String,
        item: String,
        wait: Duration,
        granted: @escaping (VSphereError?) -> Void
    ) -> () -> Void {
        let claim = Claim(
            key(vcenter, item),
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
            if lines[claim.key]?.held != nil { leases?.giveBack(claim.key) }
            lines[claim.key] = nil
            return
        }
        if place == 0 { serve(next) }
    }

    /// Locks the file for the first in line; the next one of this process inherits
    /// it.
    private func serve(_ claim: Claim) {
        claim.timer = nil
        if let leases { return lease(claim, leases) }
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
        wait(claim, .milliseconds(50))
    }

    /// Waits for another process: neither flock nor a database tells when something is given back, so it is asked.
    private func wait(_ claim: Claim, _ interval: Duration, for holder: String = "") {
        guard loop.now < claim.deadline else {
            let who = holder.isEmpty ? "another vmoon" : "another vmoon (\(Display.escape(holder)))"
            return grant(
                claim,
                VSphereError(
                    .conflict,
                    "\(who) is changing this item",
                    hint: "--lock-wait waits for it"
                )
            )
        }
        let pause = min(claim.deadline - loop.now, interval)
        claim.timer = loop.after(pause) { [self] in serve(claim) }
    }

    /// Claims it in the journal; the next one of this process inherits that.
    private func lease(_ claim: Claim, _ leases: Leases) {
        if lines[claim.key]?.held != nil { return grant(claim, nil) }
        leases.take(claim.key) { [self] answer in
            switch answer {
            case .taken(let held):
                // Whoever wanted it may have gone meanwhile.
                guard let first = lines[claim.key]?.claims.first else {
                    return leases.giveBack(claim.key)
                }
                lines[claim.key]?.held = held
                grant(first, nil)
            case .held(let holder): wait(claim, .milliseconds(200), for: holder)
            case .failed(let error): grant(claim, VSphereError(error))
            case .rows: break
            }
        }
    }

    func fence(vcenter: String, item: String) -> HeldClaim? {
        guard let leases else { return nil }
        return lines[key(vcenter, item)]?.held ?? leases.life
    }

    var isCertain: Bool { leases?.isCertain ?? true }

    var certainUntil: Duration? { leases?.certainUntil }

    func confirm(completion: @escaping (VSphereError?) -> Void) {
        guard let leases else { return completion(nil) }
        leases.confirm { completion($0.map { VSphereError($0) }) }
    }

    private func key(_ vcenter: String, _ item: String) -> String {
        leases == nil
            ? Self.name(vcenter, item) : SharedJournal.key(vcenter: vcenter, item: item)
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
