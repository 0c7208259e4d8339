using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace MocoSharp.Torch.Serialization.PyTorch;

/// <summary>Reads Python's pickles as far as tensors and plain containers need it. Nothing of a file is run: a name is looked up in a short
/// list, and one that is not there ends the reading.</summary>
/// <remarks>Protocols 0 to 5. What is read takes memory in proportion to the file, whatever numbers it claims.</remarks>
internal sealed class PickleReader
{
    private const int MostDigits = 1000;
    private static readonly object s_mark = new();

    private readonly Stream _stream;
    private readonly Func<object?, object?> _persistent;
    private readonly List<object?> _stack = [];
    private readonly Dictionary<long, object?> _memo = [];

    private PickleReader(Stream stream, Func<object?, object?> persistent) => (_stream, _persistent) = (stream, persistent);

    /// <summary>Reads one pickle; the stream is behind it then.</summary>
    /// <param name="stream">Knows its length and position.</param>
    /// <param name="persistent">What a persistent id stands for.</param>
    /// <exception cref="TorchException">MS5191: it is damaged. MS5192: it asks for an object of a program.</exception>
    internal static object? Read(Stream stream, Func<object?, object?> persistent)
    {
        try
        {
            return new PickleReader(stream, persistent).Run();
        }
        catch (Exception error) when (error is EndOfStreamException or FormatException or OverflowException or InvalidCastException
            or ArgumentException or KeyNotFoundException or InvalidDataException)
        {
            throw ForeignFile.Damaged($"its pickle breaks off or makes no sense ({error.Message})", error);
        }
    }

    private object? Run()
    {
        while (true)
        {
            int code = _stream.ReadByte();
            if (code == '.') return Pop();
            if (code < 0) throw new EndOfStreamException("it ends before its end mark");
            if (!Constant(code) && !Container(code)) Object(code);
        }
    }

    private bool Constant(int code)
    {
        object? value;
        switch (code)
        {
            case 'N': value = null; break;
            case 0x88: value = true; break;
            case 0x89: value = false; break;
            case 'I': value = Line() is var line && line is "01" or "00" ? line == "01" : Whole(Digits(line)); break;
            case 'L': value = Whole(Digits(Line().TrimEnd('L'))); break;
            case 'J': value = (long)(int)Unsigned(4); break;
            case 'K': value = (long)Unsigned(1); break;
            case 'M': value = (long)Unsigned(2); break;
            case 0x8A: value = Whole(new BigInteger(Bytes((long)Unsigned(1)))); break;
            case 0x8B: value = Whole(new BigInteger(Bytes((long)Unsigned(4)))); break;
            case 'F': value = double.Parse(Line(), CultureInfo.InvariantCulture); break;
            case 'G': value = BinaryPrimitives.ReadDoubleBigEndian(Bytes(8)); break;
            case 'V': value = Line(); break;
            case 'S': value = Line().Trim('\'', '"'); break;
            case 'X': value = Encoding.UTF8.GetString(Bytes((long)Unsigned(4))); break;
            case 0x8C: value = Encoding.UTF8.GetString(Bytes((long)Unsigned(1))); break;
            case 0x8D: value = Encoding.UTF8.GetString(Bytes((long)Unsigned(8))); break;
            case 'T': value = Encoding.Latin1.GetString(Bytes((long)Unsigned(4))); break;
            case 'U': value = Encoding.Latin1.GetString(Bytes((long)Unsigned(1))); break;
            case 'B': value = Bytes((long)Unsigned(4)); break;
            case 'C': value = Bytes((long)Unsigned(1)); break;
            case 0x8E: value = Bytes((long)Unsigned(8)); break;
            default: return false;
        }
        _stack.Add(value);
        return true;
    }

    private bool Container(int code)
    {
        switch (code)
        {
            case '(': _stack.Add(s_mark); break;
            case ')': _stack.Add(new PickledTuple([])); break;
            case 't': _stack.Add(new PickledTuple(Marked())); break;
            case 0x85: _stack.Add(new PickledTuple(Top(1))); break;
            case 0x86: _stack.Add(new PickledTuple(Top(2))); break;
            case 0x87: _stack.Add(new PickledTuple(Top(3))); break;
            case ']' or 0x8F: _stack.Add(new PickledList()); break;
            case 'l' or 0x91: AddTo(new PickledList(), Marked(), push: true); break;
            case 'a': AddTo(Under<PickledList>(1), Top(1)); break;
            case 'e' or 0x90:
                object?[] items = Marked();
                AddTo(Under<PickledList>(0), items);
                break;
            case '}': _stack.Add(new PickledDictionary()); break;
            case 'd': SetIn(new PickledDictionary(), Marked(), push: true); break;
            case 's': SetIn(Under<PickledDictionary>(2), Top(2)); break;
            case 'u':
                object?[] pairs = Marked();
                SetIn(Under<PickledDictionary>(0), pairs);
                break;
            default: return false;
        }
        return true;
    }

    private void Object(int code)
    {
        switch (code)
        {
            case 0x80: _ = Unsigned(1); break;
            case 0x95: _ = Unsigned(8); break;
            case '0': _ = Pop(); break;
            case '1': _ = Marked(); break;
            case '2': _stack.Add(Peek()); break;
            case 'p': _memo[long.Parse(Line(), CultureInfo.InvariantCulture)] = Peek(); break;
            case 'q': _memo[(long)Unsigned(1)] = Peek(); break;
            case 'r': _memo[(long)Unsigned(4)] = Peek(); break;
            case 0x94: _memo[_memo.Count] = Peek(); break;
            case 'g': _stack.Add(_memo[long.Parse(Line(), CultureInfo.InvariantCulture)]); break;
            case 'h': _stack.Add(_memo[(long)Unsigned(1)]); break;
            case 'j': _stack.Add(_memo[(long)Unsigned(4)]); break;
            case 'c': _stack.Add(Named(Line(), Line())); break;
            case 0x93:
                object?[] name = Top(2);
                _stack.Add(Named((string)name[0]!, (string)name[1]!));
                break;
            case 'P': _stack.Add(_persistent(Line())); break;
            case 'Q': _stack.Add(_persistent(Pop())); break;
            case 'R' or 0x81:
                object?[] call = Top(2);
                _stack.Add(PickledCalls.Make(call[0] as PickledName ?? throw new FormatException("it calls what is no name"),
                    call[1] as PickledTuple ?? throw new FormatException("it calls with what is no tuple")));
                break;
            case 'b':
                object?[] state = Top(1);
                PickledCalls.Build(Peek(), state[0]);
                break;
            default: throw new FormatException($"it has the unknown code {code} at byte {_stream.Position - 1}");
        }
    }

    private static PickledName Named(string module, string name) => PickledCalls.Known($"{module}.{name}");

    private void AddTo(PickledList list, object?[] items, bool push = false)
    {
        list.Items.AddRange(items);
        if (push) _stack.Add(list);
    }

    private void SetIn(PickledDictionary dictionary, object?[] pairs, bool push = false)
    {
        if (pairs.Length % 2 != 0) throw new FormatException("a dictionary has a key without a value");
        for (int i = 0; i < pairs.Length; i += 2) dictionary.Items.Add((pairs[i], pairs[i + 1]));
        if (push) _stack.Add(dictionary);
    }

    private object? Pop() => Top(1)[0];

    private object? Peek()
    {
        object? item = _stack.Count > 0 ? _stack[^1] : s_mark;
        return !ReferenceEquals(item, s_mark) ? item : throw new FormatException("it takes more than there is");
    }

    private T Under<T>(int above) where T : class => _stack.Count > above && _stack[^(above + 1)] is T item ? item
        : throw new FormatException("it puts something into what takes nothing");

    private object?[] Top(int count)
    {
        if (_stack.Count < count) throw new FormatException("it takes more than there is");
        object?[] items = [.. _stack[^count..]];
        if (Array.IndexOf(items, s_mark) >= 0) throw new FormatException("it takes more than there is");
        _stack.RemoveRange(_stack.Count - count, count);
        return items;
    }

    private object?[] Marked()
    {
        int mark = _stack.LastIndexOf(s_mark);
        if (mark < 0) throw new FormatException("it ends what has not begun");
        object?[] items = [.. _stack[(mark + 1)..]];
        _stack.RemoveRange(mark, _stack.Count - mark);
        return items;
    }

    private static BigInteger Digits(string text) => text.Length <= MostDigits ? BigInteger.Parse(text, CultureInfo.InvariantCulture)
        : throw new FormatException($"a number has {text.Length:N0} digits");

    private static object Whole(BigInteger number)
    {
        object whole = number;
        if (number >= long.MinValue && number <= long.MaxValue) whole = (long)number;
        return whole;
    }

    private ulong Unsigned(int bytes)
    {
        Span<byte> number = stackalloc byte[8];
        number.Clear();
        _stream.ReadExactly(number[..bytes]);
        return BinaryPrimitives.ReadUInt64LittleEndian(number);
    }

    private byte[] Bytes(long count)
    {
        if (count < 0 || count > _stream.Length - _stream.Position) throw new EndOfStreamException($"it claims {count:N0} bytes");
        byte[] bytes = new byte[count];
        _stream.ReadExactly(bytes);
        return bytes;
    }

    private string Line()
    {
        StringBuilder line = new();
        for (int code = _stream.ReadByte(); code != '\n'; code = _stream.ReadByte())
            line.Append(code >= 0 ? (char)code : throw new EndOfStreamException("a line has no end"));
        return line.ToString();
    }
}
