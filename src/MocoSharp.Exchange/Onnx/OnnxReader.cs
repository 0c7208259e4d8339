using System.Runtime.InteropServices;
using Google.Protobuf;
using MocoSharp.Exchange.Inspection;
using MocoSharp.Exchange.Onnx.Schema;

namespace MocoSharp.Exchange.Onnx;

/// <summary>Looks through ONNX models: weights, what goes in and out, and the metadata.</summary>
internal static class OnnxReader
{
    internal static (string Format, IReadOnlyList<InspectedTensor> Tensors, IReadOnlyDictionary<string, string> Texts) Read(string path)
    {
        ModelProto model = Parsed(path);
        if (model.Graph is not { } graph || graph.Node.Count == 0) throw TensorFiles.Damaged(path, "it is no ONNX model: it has no graph");
        Dictionary<string, string> texts = new()
        {
            ["producer"] = $"{model.ProducerName} {model.ProducerVersion}".Trim(),
            ["operators"] = string.Join(", ", model.OpsetImport.Select(static set =>
                $"{(set.Domain.Length == 0 ? "ai.onnx" : set.Domain)} {set.Version}")),
            ["nodes"] = string.Join(", ", graph.Node.CountBy(static node => node.OpType).OrderByDescending(static type => type.Value)
                .Select(static type => $"{type.Key} {type.Value}")),
        };
        foreach (ValueInfoProto value in graph.Input) texts[$"input {value.Name}"] = Described(value);
        foreach (ValueInfoProto value in graph.Output) texts[$"output {value.Name}"] = Described(value);
        foreach (StringStringEntryProto text in model.MetadataProps) texts[text.Key] = text.Value;
        return ("onnx", [.. graph.Initializer.Select(tensor => Inspected(path, tensor))], texts);
    }

    private static ModelProto Parsed(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return ModelProto.Parser.WithDiscardUnknownFields(true).ParseFrom(file);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw TensorFiles.Damaged(path, $"it is no ONNX model, or damaged ({error.Message})", error);
        }
    }

    private static InspectedTensor Inspected(string path, TensorProto tensor)
    {
        string type = NameOf(tensor.DataType);
        int bytes = NumberSums.BytesOf(type);
        if (tensor.DataLocation != 0 || bytes == 0) return new InspectedTensor(tensor.Name, type, Sizes(path, tensor, null), null);
        NumberSums sums = new(type);
        long count = Numbers(tensor, type, sums) / bytes;
        return new InspectedTensor(tensor.Name, type, Sizes(path, tensor, count), sums.Result());
    }

    private static long[] Sizes(string path, TensorProto tensor, long? count)
    {
        Int128 wanted = 1;
        foreach (long size in tensor.Dims)
            if (size < 0 || (wanted *= size) > long.MaxValue) throw TensorFiles.Damaged(path, $"'{tensor.Name}' has a size of {size}");
        return count is null || wanted == count ? [.. tensor.Dims]
            : throw TensorFiles.Damaged(path, $"'{tensor.Name}' has {count:N0} numbers, and its sizes make {wanted:N0}");
    }

    // raw bytes, or a field of the type's own
    private static long Numbers(TensorProto tensor, string type, NumberSums sums)
    {
        byte[] narrow = type switch
        {
            _ when tensor.RawData.Length > 0 => [],
            "F32" => Bytes<float>([.. tensor.FloatData]),
            "F64" => Bytes<double>([.. tensor.DoubleData]),
            "I64" => Bytes<long>([.. tensor.Int64Data]),
            "U64" => Bytes<ulong>([.. tensor.Uint64Data]),
            "U32" => Bytes<uint>([.. tensor.Uint64Data.Select(static number => (uint)number)]),
            "I32" => Bytes<int>([.. tensor.Int32Data]),
            "F16" or "BF16" or "I16" or "U16" => Bytes<short>([.. tensor.Int32Data.Select(static number => (short)number)]),
            _ => [.. tensor.Int32Data.Select(static number => (byte)number)],
        };
        ReadOnlySpan<byte> bytes = tensor.RawData.Length > 0 ? tensor.RawData.Span : narrow;
        sums.Add(bytes);
        return bytes.Length;
    }

    private static byte[] Bytes<T>(T[] numbers) where T : unmanaged => MemoryMarshal.AsBytes<T>(numbers).ToArray();

    private static string Described(ValueInfoProto value) => value.Type?.TensorType is not { } tensor ? "no tensor"
        : $"[{string.Join(", ", tensor.Shape?.Dim.Select(static dim => dim.HasDimParam ? dim.DimParam : $"{dim.DimValue}") ?? ["?"])}] "
        + NameOf(tensor.ElemType);

    private static string NameOf(int type) => (TensorProto.Types.DataType)type switch
    {
        TensorProto.Types.DataType.Float => "F32",
        TensorProto.Types.DataType.Float16 => "F16",
        TensorProto.Types.DataType.Bfloat16 => "BF16",
        TensorProto.Types.DataType.Double => "F64",
        TensorProto.Types.DataType.Int8 => "I8",
        TensorProto.Types.DataType.Int16 => "I16",
        TensorProto.Types.DataType.Int32 => "I32",
        TensorProto.Types.DataType.Int64 => "I64",
        TensorProto.Types.DataType.Uint8 => "U8",
        TensorProto.Types.DataType.Uint16 => "U16",
        TensorProto.Types.DataType.Uint32 => "U32",
        TensorProto.Types.DataType.Uint64 => "U64",
        TensorProto.Types.DataType.Bool => "BOOL",
        var other => other.ToString(),
    };
}
