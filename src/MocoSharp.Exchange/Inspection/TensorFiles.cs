using System.IO.Compression;
using MocoSharp.Exchange.Numpy;
using MocoSharp.Exchange.Onnx;
using MocoSharp.Torch;
using MocoSharp.Torch.Serialization;
using MocoSharp.Torch.Serialization.PyTorch;

namespace MocoSharp.Exchange.Inspection;

/// <summary>Finds out what a file is and reads its tensors one after the other.</summary>
internal static class TensorFiles
{
    private const int Begins = 16;

    internal static (string Format, IReadOnlyList<InspectedTensor> Tensors, IReadOnlyDictionary<string, string> Texts) Read(string path)
    {
        if (Directory.Exists(path))
            throw Damaged(path, "it is a folder", fix: "name a file in it; a run's encoder is encoder.safetensors in the run's folder");
        Span<byte> first = stackalloc byte[Begins];
        using (FileStream file = File.OpenRead(path)) first = first[..file.ReadAtLeast(first, Begins, throwOnEndOfStream: false)];
        Dictionary<string, string> none = [];
        if (first.StartsWith(NpyHead.Magic)) return ("npy", [NpyReader.File(path)], none);
        if (first.StartsWith("PK"u8) && IsNpz(path)) return ("npz", NpyReader.Archive(path), none);
        if (first.StartsWith("PK"u8) || first is [0x80, ..]) return Torch(path);
        if (first is [_, _, _, _, _, _, _, _, (byte)'{', ..]) return OfSafetensors(path);
        if (path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)) return OfSafetensors(path);
        if (path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase)) return OnnxReader.Read(path);
        throw Damaged(path, "its first bytes are those of no format that is read",
            fix: "name a .safetensors, .npz, .npy or .onnx, or a file that torch.save wrote");
    }

    internal static TorchException Damaged(string path, string what, Exception? inner = null, string? fix = null) => new(
        TorchErrorIds.ForeignFile, $"the file cannot be read: {what}", at: path, fix: fix ?? "take another copy", inner: inner);

    /// <summary>What a tensor's numbers are like. Dimensions that repeat are counted and not gone through.</summary>
    internal static TensorStatistics Statistics(Tensor tensor)
    {
        using TensorScope scope = TensorScope.Begin();
        long times = 1;
        long[] shape = tensor.Shape, strides = tensor.Strides;
        for (int d = 0; d < shape.Length; d++)
        {
            if (strides[d] != 0 || shape[d] < 2) continue;
            times *= shape[d];
            tensor = tensor.Narrow(d, 0, 1);
        }
        NumberSums sums = new(tensor.DType.ShortName());
        TensorBytes.Use(tensor, sums.Add);
        return sums.Result(times);
    }

    private static bool IsNpz(string path)
    {
        try
        {
            using ZipArchive archive = ZipFile.OpenRead(path);
            return archive.Entries.Count > 0 && archive.Entries.All(static entry => entry.Name.EndsWith(".npy", StringComparison.Ordinal));
        }
        catch (Exception error) when (error is InvalidDataException or IOException or ArgumentException)
        {
            throw Damaged(path, $"the archive is damaged ({error.Message})", error);
        }
    }

    private static (string Format, IReadOnlyList<InspectedTensor> Tensors, IReadOnlyDictionary<string, string> Texts) Torch(string path)
    {
        using TorchFile file = TorchFile.Open(path);
        return ("pytorch", [.. file.Names.Select(name => Inspected(name, () => file[name]))], file.Values);
    }

    private static (string Format, IReadOnlyList<InspectedTensor> Tensors, IReadOnlyDictionary<string, string> Texts) OfSafetensors(
        string path)
    {
        using SafetensorsFile file = Safetensors.Open(path);
        return ("safetensors", [.. file.Names.Select(name => Inspected(name, () => file[name]))], file.Metadata);
    }

    private static InspectedTensor Inspected(string name, Func<Tensor> open)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor tensor = open();
        return new InspectedTensor(name, tensor.DType.ShortName(), tensor.Shape, Statistics(tensor));
    }
}
