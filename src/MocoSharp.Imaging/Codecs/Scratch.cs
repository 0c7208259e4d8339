using System.Runtime.InteropServices;

namespace MocoSharp.Imaging.Codecs;

/// <summary>Unmanaged memory for the length of one decode, so that a large picture leaves nothing behind in a pool or on the
/// heap.</summary>
internal unsafe ref struct Scratch : IDisposable
{
    private readonly byte* _pointer;
    private readonly int _length;

    private Scratch(byte* pointer, int length)
    {
        _pointer = pointer;
        _length = length;
    }

    /// <summary>The bytes, not set.</summary>
    internal readonly Span<byte> Bytes => new(_pointer, _length);

    /// <summary>Takes memory; dispose of it in the same method.</summary>
    internal static Scratch Of(int length) => new((byte*)NativeMemory.Alloc((nuint)length), length);

    /// <summary>Gives the memory back.</summary>
    public readonly void Dispose() => NativeMemory.Free(_pointer);
}
