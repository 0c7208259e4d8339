using System.Buffers.Binary;

namespace MocoSharp.Imaging.Codecs;

/// <summary>Walks through the pages of a TIFF or BigTIFF file before a library sees them: libraries take memory for as many values as a
/// field claims to have, and for as many strips as a picture's size asks for.</summary>
internal static class TiffDirectories
{
    private const int MostPages = 1 << 20;
    private const ushort Width = 256, Height = 257, Samples = 277, RowsPerStrip = 278, Planar = 284, TileWidth = 322, TileHeight = 323;
    private const ushort ByteType = 1, ShortType = 3;

    // bytes of a value by the type's number: BYTE, ASCII, SHORT, LONG, RATIONAL, SBYTE, UNDEFINED, SSHORT, SLONG, SRATIONAL, FLOAT, DOUBLE,
    // IFD, two unused, LONG8, SLONG8, IFD8
    private static ReadOnlySpan<byte> TypeBytes => [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];

    /// <summary>How many pages there are; null where a field of one of them lies outside of the file, the first one claims more strips than
    /// the file has bytes, or pages form a ring.</summary>
    internal static int? Count(ReadOnlySpan<byte> file)
    {
        Reader reader = new(file);
        ulong at = reader.FirstPage;
        int pages = 0;
        while (at != 0)
        {
            if (pages == 0 && reader.StripsOf(at) > (ulong)file.Length || ++pages > MostPages || !reader.Next(at, out at))
                return null;
        }
        return pages;
    }

    /// <summary>Numbers of either byte order and width.</summary>
    private readonly ref struct Reader(ReadOnlySpan<byte> file)
    {
        private readonly ReadOnlySpan<byte> _file = file;
        private readonly bool _isLittle = file.StartsWith("II"u8);
        private readonly bool _isBig = file.Length > 3 && (file[2] == 43 || file[3] == 43);

        internal ulong FirstPage => _isBig ? Long8(8) : Long(4);

        private ulong EntryBytes => _isBig ? 20UL : 12;

        /// <summary>Checks the fields of a page.</summary>
        /// <param name="at">Where it is.</param>
        /// <param name="next">Where the next one is; 0 after the last.</param>
        internal bool Next(ulong at, out ulong next)
        {
            next = 0;
            ulong length = (ulong)_file.Length, head = _isBig ? 8UL : 2;
            if (at >= length || at + head > length)
                return false;
            ulong count = _isBig ? Long8((int)at) : Short((int)at);
            if (count > length / EntryBytes || at + head + count * EntryBytes > length)
                return false;
            for (ulong entry = 0; entry < count; entry++)
                if (!IsInside((int)(at + head + entry * EntryBytes)))
                    return false;
            ulong end = at + head + count * EntryBytes;
            if (end + (_isBig ? 8UL : 4) > length)
                return true;                        // a file that ends with its last page, without the zero that should follow
            next = _isBig ? Long8((int)end) : Long((int)end);
            return true;
        }

        /// <summary>How many strips or tiles a page's size asks for.</summary>
        internal ulong StripsOf(ulong page)
        {
            ulong width = Field(page, Width, 0), height = Field(page, Height, 0), tileWidth = Field(page, TileWidth, 0);
            ulong rows = Math.Max(1, tileWidth > 0 ? Field(page, TileHeight, 0) : Field(page, RowsPerStrip, uint.MaxValue));
            ulong planes = Field(page, Planar, 1) == 2 ? Field(page, Samples, 1) : 1;
            return (height + rows - 1) / rows * (tileWidth > 0 ? (width + tileWidth - 1) / tileWidth : 1) * Math.Max(1, planes);
        }

        /// <summary>A field of one whole number of at most 32 bits.</summary>
        private ulong Field(ulong page, ushort tag, ulong otherwise)
        {
            ulong length = (ulong)_file.Length, head = _isBig ? 8UL : 2;
            if (page >= length || page + head > length)
                return otherwise;
            ulong count = Math.Min(_isBig ? Long8((int)page) : Short((int)page), (length - page - head) / EntryBytes);
            for (ulong entry = 0; entry < count; entry++)
            {
                int at = (int)(page + head + entry * EntryBytes), value = at + (_isBig ? 12 : 8);
                if (Short(at) == tag)
                    return Short(at + 2) switch { ByteType => _file[value], ShortType => Short(value), _ => Long(value) };
            }
            return otherwise;
        }

        private bool IsInside(int entry)
        {
            ushort type = Short(entry + 2);
            ulong count = _isBig ? Long8(entry + 4) : Long(entry + 4), room = _isBig ? 8UL : 4;
            ulong bytes = type < TypeBytes.Length ? TypeBytes[type] : 0UL;
            if (bytes == 0 || count * bytes <= room && count <= room)
                return true;                        // of an unknown type, or its values lie in the entry
            ulong at = _isBig ? Long8(entry + 12) : Long(entry + 8);
            return count <= (ulong)_file.Length / bytes && at <= (ulong)_file.Length - count * bytes;
        }

        private ushort Short(int at) => at + 2 > _file.Length ? (ushort)0
            : _isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(_file[at..]) : BinaryPrimitives.ReadUInt16BigEndian(_file[at..]);

        private uint Long(int at) => at + 4 > _file.Length ? 0
            : _isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(_file[at..]) : BinaryPrimitives.ReadUInt32BigEndian(_file[at..]);

        private ulong Long8(int at) => at + 8 > _file.Length ? 0
            : _isLittle ? BinaryPrimitives.ReadUInt64LittleEndian(_file[at..]) : BinaryPrimitives.ReadUInt64BigEndian(_file[at..]);
    }
}
