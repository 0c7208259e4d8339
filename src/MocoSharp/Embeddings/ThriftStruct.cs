namespace MocoSharp.Embeddings;

/// <summary>Walks over a struct in Thrift's compact form (the specification is thrift-compact-protocol.md of Apache Thrift), which Parquet
/// files say in what they hold, and keeps its whole numbers.</summary>
/// <remarks>Damage ends in an error here; the library that reads Parquet goes on for ever at the end of such a struct.</remarks>
internal ref struct ThriftStruct
{
    private const int MostDeep = 32;
    private const byte Ends = 0, True = 1, False = 2, Byte = 3, Short = 4, Long = 6, Double = 7, Binary = 8, List = 9, Set = 10, Map = 11,
        Struct = 12;

    private readonly ReadOnlySpan<byte> _bytes;

    private ThriftStruct(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Bytes that it takes.</summary>
    internal int Length { get; private set; }

    /// <summary>Its whole numbers by field, and those of its structs by the struct's field and their own: (3, 0) and (5, 1).</summary>
    internal Dictionary<(int Field, int Inner), long> Numbers { get; } = [];

    /// <summary>Walks over the struct at the beginning of some bytes.</summary>
    /// <exception cref="FormatException">It does not end within them, or is none.</exception>
    internal static ThriftStruct At(ReadOnlySpan<byte> bytes)
    {
        ThriftStruct walked = new(bytes);
        walked.Fields(depth: 0, outer: 0);
        return walked;
    }

    private void Fields(int depth, int outer)
    {
        if (depth > MostDeep) throw Damaged();
        for (int field = 0; ;)
        {
            byte head = Next();
            if (head == Ends) return;
            field = head >> 4 == 0 ? (int)Signed() : field + (head >> 4);
            Value((byte)(head & 15), depth, outer, field);
        }
    }

    private void Value(byte type, int depth, int outer, int field)
    {
        switch (type)
        {
            case True or False: break;                               // the head says which
            case Byte: Skip(1); break;
            case >= Short and <= Long: Keep(depth, outer, field, Signed()); break;
            case Double: Skip(sizeof(double)); break;
            case Binary: Skip(Unsigned()); break;
            case List or Set: Elements(depth); break;
            case Map: Pairs(depth); break;
            case Struct: Fields(depth + 1, field); break;
            default: throw Damaged();
        }
    }

    private void Keep(int depth, int outer, int field, long number)
    {
        if (depth == 0) Numbers[(field, 0)] = number;
        else if (depth == 1) Numbers[(outer, field)] = number;
    }

    private void Elements(int depth)
    {
        byte head = Next();
        ulong count = head >> 4 == 15 ? Unsigned() : (ulong)(head >> 4);
        for (ulong i = 0; i < count; i++) Element((byte)(head & 15), depth);
    }

    private void Pairs(int depth)
    {
        ulong count = Unsigned();
        byte types = count == 0 ? (byte)0 : Next();
        for (ulong i = 0; i < count; i++)
        {
            Element((byte)(types >> 4), depth);
            Element((byte)(types & 15), depth);
        }
    }

    // of a list or a map a boolean takes a byte
    private void Element(byte type, int depth)
    {
        if (type is True or False) Skip(1);
        else Value(type, depth: Math.Max(depth, 1) + 1, outer: 0, field: 0);
    }

    private long Signed()
    {
        ulong value = Unsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private ulong Unsigned()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte part = Next();
            value |= (ulong)(part & 127) << shift;
            if (part < 128) return value;
        }
        throw Damaged();
    }

    private byte Next() => Length < _bytes.Length ? _bytes[Length++] : throw Damaged();

    private void Skip(ulong bytes)
    {
        if (bytes > (ulong)(_bytes.Length - Length)) throw Damaged();
        Length += (int)bytes;
    }

    private static FormatException Damaged() => new("what the file says of its own parts is damaged");
}
