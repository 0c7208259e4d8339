namespace MocoSharp.Exchange.Inspection;

/// <summary>What is in a file of tensors.</summary>
/// <param name="File">The file.</param>
/// <param name="Format">safetensors, npz, npy, onnx or pytorch.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Tensors">In the file's order.</param>
/// <param name="Numbers">How many numbers they hold together.</param>
/// <param name="NotANumber">How many of them are NaN.</param>
/// <param name="Architecture">The encoder that names and shapes look like; null where they look like none that is known.</param>
/// <param name="Texts">What else the file says: metadata, epoch, producer.</param>
public sealed record InspectedFile(
    string File, string Format, long Bytes, IReadOnlyList<InspectedTensor> Tensors, long Numbers, long NotANumber,
    string? Architecture, IReadOnlyDictionary<string, string> Texts)
{
    /// <summary>Reads a file; its first bytes tell what it is, not its name. Nothing of it is run, and memory is bounded by its
    /// length.</summary>
    /// <param name="path">A <c>.safetensors</c>, <c>.npz</c>, <c>.npy</c>, <c>.onnx</c>, or what <c>torch.save</c> wrote.</param>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="MocoException">MS1007, MS5191: it is damaged, or none of these. MS5192: it asks for an object of a
    /// program.</exception>
    public static InspectedFile Of(string path)
    {
        (string format, IReadOnlyList<InspectedTensor> tensors, IReadOnlyDictionary<string, string> texts) = TensorFiles.Read(path);
        long bytes = new FileInfo(path).Length;
        return new InspectedFile(Path.GetFullPath(path), format, bytes, tensors,
            Sum(tensors.Select(static tensor => tensor.Count)), Sum(tensors.Select(static tensor => tensor.Statistics?.NotANumber ?? 0)),
            ArchitectureGuess.Of(tensors, bytes), texts);
    }

    // tensors that repeat a number may claim more of them than there are whole numbers
    private static long Sum(IEnumerable<long> counts) =>
        (long)Int128.Min(long.MaxValue, counts.Aggregate(Int128.Zero, static (sum, count) => sum + count));
}

/// <summary>One tensor of a file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">F32, BF16, I64, … as safetensors calls them; what the file says where that has no such name.</param>
/// <param name="Shape">Sizes.</param>
/// <param name="Statistics">Null where the numbers lie in another file, or are of a type that is not read.</param>
public sealed record InspectedTensor(string Name, string Type, IReadOnlyList<long> Shape, TensorStatistics? Statistics)
{
    /// <summary>How many numbers.</summary>
    public long Count => Shape.Aggregate(1L, static (product, size) => product * size);
}
