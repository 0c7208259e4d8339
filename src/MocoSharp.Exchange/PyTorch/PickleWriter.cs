using System.Buffers.Binary;
using System.Text;

namespace MocoSharp.Exchange.PyTorch;

/// <summary>Python's pickle, protocol 3: the part of it that weights are written in.</summary>
/// <remarks>Names of modules and classes are those that <c>pickle.load</c> and <c>torch.load</c> look up.</remarks>
internal sealed class PickleWriter
{
    private readonly Stream _stream;

    internal PickleWriter(Stream stream)
    {
        _stream = stream;
        Write(0x80, 3);
    }

    /// <summary>A class or function by its name.</summary>
    internal void Global(string module, string name) => _stream.Write(Encoding.ASCII.GetBytes($"c{module}\n{name}\n"));

    internal void Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Counted((byte)'X', bytes.Length);
        _stream.Write(bytes);
    }

    /// <summary>The head of so many bytes, which the caller writes next.</summary>
    internal void Bytes(int count) => Counted((byte)'B', count);

    internal void Integer(long number)
    {
        if (number is >= int.MinValue and <= int.MaxValue)
        {
            Counted((byte)'J', (int)number);
            return;
        }
        Write(0x8A, 8);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        _stream.Write(bytes);
    }

    internal void True() => Write(0x88);

    internal void False() => Write(0x89);

    internal void None() => Write((byte)'N');

    internal void EmptyDictionary() => Write((byte)'}');

    /// <summary>Where a tuple, or a dictionary's items, begin.</summary>
    internal void Mark() => Write((byte)'(');

    internal void Tuple() => Write((byte)'t');

    internal void EmptyTuple() => Write((byte)')');

    internal void Integers(params ReadOnlySpan<long> numbers)
    {
        Mark();
        foreach (long number in numbers) Integer(number);
        Tuple();
    }

    /// <summary>Puts what follows the mark into the dictionary before it: key, value, key, value.</summary>
    internal void SetItems() => Write((byte)'u');

    /// <summary>Calls what lies below with the tuple on top.</summary>
    internal void Reduce() => Write((byte)'R');

    /// <summary>Gives the object below the state on top.</summary>
    internal void Build() => Write((byte)'b');

    /// <summary>Puts what the tuple on top names in its place.</summary>
    internal void Persistent() => Write((byte)'Q');

    internal void Stop() => Write((byte)'.');

    private void Write(params ReadOnlySpan<byte> bytes) => _stream.Write(bytes);

    private void Counted(byte code, int number)
    {
        Span<byte> bytes = [code, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32LittleEndian(bytes[1..], number);
        _stream.Write(bytes);
    }
}
