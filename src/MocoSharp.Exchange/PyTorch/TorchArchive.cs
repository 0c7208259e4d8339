using System.Globalization;
using System.IO.Compression;
using MocoSharp.Torch;

namespace MocoSharp.Exchange.PyTorch;

/// <summary>A <c>.pth</c> as PyTorch 1.6 and later write it: a zip archive of a pickle and the tensors' numbers.</summary>
internal static class TorchArchive
{
    private const string Root = "archive";

    /// <summary>Writes a <c>state_dict</c>.</summary>
    internal static void Write(string path, IReadOnlyList<(string Name, Tensor Value)> tensors) => ArchiveFile.Write(path, archive =>
    {
        using (Stream entry = Entry(archive, "data.pkl")) WritePickle(new PickleWriter(entry), tensors);
        using (Stream entry = Entry(archive, "byteorder")) entry.Write("little"u8);
        for (int i = 0; i < tensors.Count; i++)
        {
            using Stream entry = Entry(archive, $"data/{Key(i)}");
            TensorBytes.Write(entry, tensors[i].Value);
        }
        using (Stream entry = Entry(archive, "version")) entry.Write("3\n"u8);
    });

    private static void WritePickle(PickleWriter pickle, IReadOnlyList<(string Name, Tensor Value)> tensors)
    {
        Ordered(pickle);
        pickle.Mark();
        for (int i = 0; i < tensors.Count; i++)
        {
            (string name, Tensor value) = tensors[i];
            pickle.Text(name);
            pickle.Global("torch._utils", "_rebuild_tensor_v2");
            pickle.Mark();
            pickle.Mark();
            pickle.Text("storage");
            pickle.Global("torch", StorageOf(value.DType));
            pickle.Text(Key(i));
            pickle.Text("cpu");
            pickle.Integer(value.ElementCount);
            pickle.Tuple();
            pickle.Persistent();
            pickle.Integer(0);
            pickle.Integers(value.Shape);
            pickle.Integers(Steps(value.Shape));
            pickle.False();
            Ordered(pickle);
            pickle.Tuple();
            pickle.Reduce();
        }
        pickle.SetItems();
        pickle.Stop();
    }

    private static void Ordered(PickleWriter pickle)
    {
        pickle.Global("collections", "OrderedDict");
        pickle.EmptyTuple();
        pickle.Reduce();
    }

    private static Stream Entry(ZipArchive archive, string name) =>
        archive.CreateEntry($"{Root}/{name}", CompressionLevel.NoCompression).Open();

    private static long[] Steps(long[] shape)
    {
        long[] steps = new long[shape.Length];
        long step = 1;
        for (int d = shape.Length - 1; d >= 0; d--) (steps[d], step) = (step, step * shape[d]);
        return steps;
    }

    private static string Key(int index) => index.ToString(CultureInfo.InvariantCulture);

    private static string StorageOf(DType type) => type switch
    {
        DType.Float16 => "HalfStorage",
        DType.Float32 => "FloatStorage",
        DType.Int64 => "LongStorage",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no encoder has such numbers"),
    };
}
