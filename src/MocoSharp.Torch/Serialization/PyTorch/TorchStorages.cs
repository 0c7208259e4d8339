using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;
using System.Text;

namespace MocoSharp.Torch.Serialization.PyTorch;

/// <summary>Where the numbers of a file of PyTorch lie.</summary>
internal abstract class TorchStorages : IDisposable
{
    private static readonly BigInteger s_magic = BigInteger.Parse("1950A86A20F9469CFC6C", System.Globalization.NumberStyles.HexNumber,
        System.Globalization.CultureInfo.InvariantCulture);

    private (PickledStorage Of, Tensor Numbers)? _last;     // tensors that share a storage lie beside each other

    /// <summary>Opens a file and reads what it holds besides numbers.</summary>
    internal static TorchStorages Open(string path, out object? root)
    {
        FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        try
        {
            int first = file.ReadByte();
            file.Position = 0;
            return first switch
            {
                'P' => new Archive(file, out root),
                0x80 => new Legacy(file, out root),
                _ => throw ForeignFile.Damaged("it begins neither as a zip archive nor as a pickle"),
            };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>A tensor over its storage.</summary>
    internal Tensor Read(PickledTensor tensor)
    {
        if (tensor.Shape.Contains(0)) return Tensor.Empty(tensor.Shape, tensor.Storage.Type);
        PickledStorage whole = tensor.Storage with { Start = 0 };
        Tensor numbers;
        if (_last is { } last && last.Of == whole) numbers = last.Numbers;
        else
        {
            Free();
            numbers = Tensor.Empty([Count(tensor.Storage)], tensor.Storage.Type).DetachFromScope();
            try
            {
                Fill(tensor.Storage, numbers);
            }
            catch (Exception error) when (error is EndOfStreamException or InvalidDataException)
            {
                numbers.Dispose();
                throw ForeignFile.Damaged($"the numbers of storage {tensor.Storage.Key} break off", error);
            }
            _last = (whole, numbers);
        }
        Tensor kept = numbers.Detach().DetachFromScope();      // the storage lives as long as the last tensor on it
        long start = (tensor.Storage.Start + tensor.Offset) * numbers.DType.Bytes();
        try
        {
            return Tensor.FromMemory(kept.DataPointer + (nint)start, numbers.DType, tensor.Shape, tensor.Strides, release: kept.Dispose);
        }
        catch
        {
            kept.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Free();
        Close();
    }

    /// <summary>How many numbers the file has of a storage; checked against its length.</summary>
    private protected abstract long Count(PickledStorage storage);

    private protected abstract void Fill(PickledStorage storage, Tensor numbers);

    private protected abstract void Close();

    private static unsafe void Fill(Stream stream, Tensor numbers)
    {
        byte* data = (byte*)numbers.DataPointer;
        for (long left = numbers.ElementCount * numbers.DType.Bytes(), part; left > 0; left -= part, data += part)
        {
            part = Math.Min(left, 1 << 24);
            stream.ReadExactly(new Span<byte>(data, (int)part));
        }
    }

    private void Free()
    {
        _last?.Numbers.Dispose();
        _last = null;
    }

    /// <summary>PyTorch 1.6 and later: a zip archive without compression.</summary>
    private sealed class Archive : TorchStorages
    {
        private const string Pickle = "data.pkl", Order = "byteorder";
        private readonly ZipArchive _archive;
        private readonly string _root;
        private readonly long _length;

        internal Archive(FileStream file, out object? root)
        {
            _length = file.Length;
            try
            {
                _archive = new ZipArchive(file, ZipArchiveMode.Read);
                ZipArchiveEntry pickle = _archive.Entries.FirstOrDefault(static entry => entry.Name == Pickle)
                    ?? throw ForeignFile.Damaged($"the archive has no {Pickle}");
                _root = pickle.FullName[..^Pickle.Length];
                if (_archive.GetEntry(_root + Order) is { } order && Encoding.ASCII.GetString(Bytes(order)) != "little")
                    throw ForeignFile.Damaged("its numbers are big-endian");
                root = PickleReader.Read(new MemoryStream(Bytes(pickle)), PickledCalls.StorageOf);
            }
            catch (Exception error) when (error is InvalidDataException or EndOfStreamException or IOException or NotSupportedException
                or ArgumentException)
            {
                throw ForeignFile.Damaged($"the archive is damaged ({error.Message})", error);
            }
        }

        private protected override long Count(PickledStorage storage)
        {
            ZipArchiveEntry entry = EntryOf(storage);
            long bytes = Checked(entry).Length;
            if (bytes / storage.Type.Bytes() < storage.Start + storage.Count)
                throw ForeignFile.Damaged($"storage {storage.Key} has {bytes:N0} bytes, too few for {storage.Start + storage.Count:N0} "
                    + $"{storage.Type.ShortName()}");
            return storage.Start + storage.Count;
        }

        private protected override void Fill(PickledStorage storage, Tensor numbers)
        {
            using Stream stream = EntryOf(storage).Open();
            Fill(stream, numbers);
        }

        private protected override void Close() => _archive.Dispose();

        private ZipArchiveEntry EntryOf(PickledStorage storage) => _archive.GetEntry($"{_root}data/{storage.Key}")
            ?? throw ForeignFile.Damaged($"the archive has no storage {storage.Key}");

        private byte[] Bytes(ZipArchiveEntry entry)
        {
            byte[] bytes = new byte[Checked(entry).Length];
            using Stream stream = entry.Open();
            stream.ReadExactly(bytes);
            return bytes;
        }

        // torch.save does not compress: what claims more than the file has is damaged
        private ZipArchiveEntry Checked(ZipArchiveEntry entry) => entry.Length == entry.CompressedLength && entry.Length <= _length ? entry
            : throw ForeignFile.Damaged($"'{entry.FullName}' claims {entry.Length:N0} bytes");
    }

    /// <summary>Before PyTorch 1.6: five pickles, then storage after storage.</summary>
    private sealed class Legacy : TorchStorages
    {
        private const long Version = 1001;
        private readonly FileStream _file;
        private readonly Dictionary<string, (long Start, long Count, DType Type)> _places = [];

        internal Legacy(FileStream file, out object? root)
        {
            _file = file;
            if (!Equals(Plain(), s_magic)) throw ForeignFile.Damaged("it is a pickle, and not one that torch.save made");
            if (Plain() is not Version) throw ForeignFile.Damaged("its version is not known");
            if (Plain() is PickledDictionary about && about.Items.Contains(("little_endian", false)))
                throw ForeignFile.Damaged("its numbers are big-endian");
            Dictionary<string, DType> types = [];
            root = PickleReader.Read(file, id =>
            {
                PickledStorage storage = PickledCalls.StorageOf(id);
                types[storage.Key] = storage.Type;
                return storage;
            });
            if (Plain() is not PickledList keys) throw ForeignFile.Damaged("it does not say in which order its storages lie");
            byte[] count = new byte[sizeof(long)];
            foreach (object? key in keys.Items)
            {
                if (key is not string name || !types.TryGetValue(name, out DType type))
                    throw ForeignFile.Damaged("a storage belongs to no tensor");
                if (file.ReadAtLeast(count, count.Length, throwOnEndOfStream: false) < count.Length) return;    // told when it is read
                long numbers = BinaryPrimitives.ReadInt64LittleEndian(count), start = file.Position;
                if (numbers < 0 || numbers > (file.Length - start) / type.Bytes())
                    throw ForeignFile.Damaged($"storage {name} claims {numbers:N0} {type.ShortName()}, and the file ends before");
                _places[name] = (start, numbers, type);
                file.Position = start + numbers * type.Bytes();
            }
        }

        private object? Plain() => PickleReader.Read(_file, static _ => throw new FormatException("a storage where none is expected"));

        private protected override long Count(PickledStorage storage)
        {
            (_, long count, DType type) = Place(storage);
            return type == storage.Type && count >= storage.Start + storage.Count ? count
                : throw ForeignFile.Damaged($"storage {storage.Key} has {count:N0} {type.ShortName()}, and a tensor wants more, or others");
        }

        private protected override void Fill(PickledStorage storage, Tensor numbers)
        {
            _file.Position = Place(storage).Start;
            Fill(_file, numbers);
        }

        private protected override void Close() => _file.Dispose();

        private (long Start, long Count, DType Type) Place(PickledStorage storage) =>
            _places.TryGetValue(storage.Key, out (long, long, DType) place) ? place
                : throw ForeignFile.Damaged($"the numbers of storage {storage.Key} are not there");
    }
}
