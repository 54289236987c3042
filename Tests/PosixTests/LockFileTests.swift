import Glibc
import Synchronization
import Testing

@testable import Posix

struct LockFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `one holder at a time, until it lets go or dies`() throws {
        let first = try LockFile(folder("l"))
        var second: LockFile? = try LockFile(folder("l"))
        let third = try LockFile(folder("l"))
        #expect(try first.tryLock())
        #expect(try first.tryLock())
        #expect(try second?.tryLock() == false)
        first.unlock()
        #expect(try second?.tryLock() == true)
        #expect(try !third.tryLock())
        second = nil
        #expect(try third.tryLock())
        #expect(folder.mode("l") == 0o600)
    }

    @Test func `waiting tries again until the time is over`() throws {
        let holder = try LockFile(folder("l"))
        let waiter = try LockFile(folder("l"))
        #expect(try holder.tryLock())
        var time = Duration.zero
        var pauses: [Duration] = []
        let isOurs = try waiter.lock(
            within: .milliseconds(250),
            now: { time },
            pause: {
                pauses.append($0)
                time += $0
            }
        )
        #expect(!isOurs)
        #expect(pauses == [.milliseconds(100), .milliseconds(100), .milliseconds(50)])
        let later = try waiter.lock(
            within: .seconds(60),
            now: { time },
            pause: { _ in holder.unlock() }
        )
        #expect(later)
    }

    @Test func `waiting can be given up`() throws {
        let holder = try LockFile(folder("l"))
        let waiter = try LockFile(folder("l"))
        #expect(try holder.tryLock())
        #expect(try !waiter.lock(within: .seconds(60), shouldStop: { true }))
    }

    @Test func `the holder may remove the file: whoever has opened it before locks the new one`()
        throws
    {
        let first = try LockFile(folder("l"))
        let (second, third) = (try LockFile(folder("l")), try LockFile(folder("l")))
        #expect(try first.tryLock())
        try first.remove()
        #expect(access(folder("l"), F_OK) != 0)
        // They wait for its end; then theirs has no name any more, and they make a new one.
        #expect(try !second.tryLock() && !third.tryLock())
        first.unlock()
        #expect(try second.tryLock() && access(folder("l"), F_OK) == 0)
        #expect(try !third.tryLock() && !first.tryLock())
        // Somebody else's file is not removed, nor one that is not locked.
        try third.remove()
        #expect(access(folder("l"), F_OK) == 0)
        try second.remove()
        second.unlock()
        #expect(try first.tryLock() && !third.tryLock())
        try second.remove()
        #expect(access(folder("l"), F_OK) == 0)
    }

    @Test func `a link is refused`() throws {
        symlink(folder("elsewhere"), folder("l"))
        #expect(throws: PosixError.self) { try LockFile(folder("l")) }
    }
}
