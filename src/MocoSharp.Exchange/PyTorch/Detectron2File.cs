using MocoSharp.Torch;

namespace MocoSharp.Exchange.PyTorch;

/// <summary>A <c>.pkl</c> that detectron2's checkpointer takes: arrays of NumPy by name, and who wrote them.</summary>
/// <remarks>The form of MoCo's own converter, whose <c>__author__</c> tells detectron2 that names are its own.</remarks>
internal static class Detectron2File
{
    internal static void Write(string path, IReadOnlyList<(string Name, Tensor Value)> tensors) => ArchiveFile.WriteStream(path, file =>
    {
        PickleWriter pickle = new(file);
        pickle.EmptyDictionary();
        pickle.Mark();
        pickle.Text("model");
        pickle.EmptyDictionary();
        pickle.Mark();
        foreach ((string name, Tensor value) in tensors)
        {
            pickle.Text(name);
            WriteArray(pickle, file, value);
        }
        pickle.SetItems();
        pickle.Text("__author__");
        pickle.Text(nameof(MocoSharp));
        pickle.Text("matching_heuristics");
        pickle.True();
        pickle.SetItems();
        pickle.Stop();
    });

    // as numpy.ndarray.__reduce__ has it
    private static void WriteArray(PickleWriter pickle, Stream stream, Tensor value)
    {
        pickle.Global("numpy.core.multiarray", "_reconstruct");
        pickle.Mark();
        pickle.Global("numpy", "ndarray");
        pickle.Integers(0);
        pickle.Bytes(1);
        stream.WriteByte((byte)'b');
        pickle.Tuple();
        pickle.Reduce();
        pickle.Mark();
        pickle.Integer(1);
        pickle.Integers(value.Shape);
        WriteType(pickle, value.DType);
        pickle.False();
        pickle.Bytes(checked((int)(value.ElementCount * value.DType.Bytes())));
        TensorBytes.Write(stream, value);
        pickle.Tuple();
        pickle.Build();
    }

    private static void WriteType(PickleWriter pickle, DType type)
    {
        pickle.Global("numpy", "dtype");
        pickle.Mark();
        pickle.Text(type == DType.Int64 ? "i8" : $"f{type.Bytes()}");
        pickle.False();
        pickle.True();
        pickle.Tuple();
        pickle.Reduce();
        pickle.Mark();
        pickle.Integer(3);
        pickle.Text("<");
        for (int i = 0; i < 3; i++) pickle.None();
        for (int i = 0; i < 2; i++) pickle.Integer(-1);
        pickle.Integer(0);
        pickle.Tuple();
        pickle.Build();
    }
}
