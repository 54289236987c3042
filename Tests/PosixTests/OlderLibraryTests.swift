import Glibc
import Testing

/// What stands in for functions of newer C libraries does as they do.
@Suite struct OlderLibraryTests {
    private typealias Find =
        @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer) -> Int32

    @Test(
        arguments: [
            (3, 4, 5), (-5, 12, 13), (0, -0, 0), (3e38, 1e37, 3.001_666_2e38),
            (.leastNonzeroMagnitude, 0, .leastNonzeroMagnitude),
            (.infinity, .nan, .infinity), (.nan, -.infinity, .infinity),
            (.greatestFiniteMagnitude, .greatestFiniteMagnitude, .infinity),
        ] as [(Float, Float, Float)]
    )
    func `the length of a vector is right to the last digit`(
        _ x: Float,
        _ y: Float,
        _ length: Float
    ) {
        #expect(hypotf(x, y) == length)
    }

    @Test func `the length of nothing known is not known`() {
        #expect(hypotf(.nan, 1).isNaN && hypotf(1, .nan).isNaN)
    }

    @Test func `an unwinder is led to the same frames`() throws {
        let library = try #require(dlopen("libc.so.6", RTLD_LAZY))
        guard let symbol = dlsym(library, "_dl_find_object") else { return }
        let system = unsafeBitCast(symbol, to: Find.self)
        // A function of libc's, one of the loader's, one of this program's.
        let places = [
            dlsym(library, "qsort"), symbol,
            unsafeBitCast(place as @convention(c) () -> Void, to: UnsafeMutableRawPointer.self),
        ]
        for place in places {
            let place = try #require(place)
            let (ours, theirs) = (Found(), Found())
            #expect(findObject(place, ours.bytes) == 0 && system(place, theirs.bytes) == 0)
            #expect(ours.frames == theirs.frames && ours.frames != 0)
            #expect((ours.start..<ours.end).contains(UInt(bitPattern: place)))
        }
        let nowhere = Found()
        #expect(findObject(nowhere.bytes, nowhere.bytes) == -1)
        #expect(system(nowhere.bytes, nowhere.bytes) == -1)
        #expect(findObject(nil, nowhere.bytes) == -1)
    }
}

/// What `_dl_find_object` fills in: `struct dl_find_object`, which Swift does not see.
private final class Found {
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 8)

    deinit { bytes.deallocate() }

    var start: UInt { bytes.load(fromByteOffset: 8, as: UInt.self) }
    var end: UInt { bytes.load(fromByteOffset: 16, as: UInt.self) }
    var frames: UInt { bytes.load(fromByteOffset: 32, as: UInt.self) }
}

@_silgen_name("_dl_find_object")
private func findObject(_: UnsafeMutableRawPointer?, _: UnsafeMutableRawPointer) -> Int32

private func place() {}
