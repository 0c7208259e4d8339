namespace MocoSharp.Torch.Serialization.PyTorch;

/// <summary>A dictionary of a pickle, in its order.</summary>
internal sealed class PickledDictionary
{
    internal List<(object? Key, object? Value)> Items { get; } = [];
}

/// <summary>A list or set of a pickle.</summary>
internal sealed class PickledList
{
    internal List<object?> Items { get; } = [];
}

/// <summary>A tuple of a pickle.</summary>
internal sealed record PickledTuple(object?[] Items);

/// <summary>A class or function of Python that a pickle names.</summary>
internal sealed record PickledName(string Name);

/// <summary>The numbers that tensors of a file look at.</summary>
/// <param name="Key">Its name within the file.</param>
/// <param name="Type">What they are.</param>
/// <param name="Count">How many.</param>
/// <param name="Start">The first of them within the file's own storage of this key: older files have views of storages.</param>
internal sealed record PickledStorage(string Key, DType Type, long Count, long Start = 0);

/// <summary>A tensor: where its numbers lie in a storage.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Offset">The first number's place.</param>
/// <param name="Shape">Sizes.</param>
/// <param name="Strides">Steps in numbers; 0 where a dimension repeats.</param>
internal sealed record PickledTensor(PickledStorage Storage, long Offset, long[] Shape, long[] Strides)
{
    private const int MaximumRank = 64;
    private const long MostNumbers = 1L << 48;      // a tensor that repeats its numbers may claim any count

    /// <summary>Checks that it lies within its storage and holds no more numbers than that.</summary>
    /// <exception cref="TorchException">MS5191: it does not.</exception>
    internal static PickledTensor Of(PickledStorage storage, long offset, long[] shape, long[] strides)
    {
        if (shape.Length != strides.Length || shape.Length > MaximumRank || offset < 0 || shape.Concat(strides).Any(static n => n < 0))
            throw ForeignFile.Damaged($"a tensor has the sizes [{string.Join(", ", shape.Take(MaximumRank))}] and the strides "
                + $"[{string.Join(", ", strides.Take(MaximumRank))}]");
        PickledTensor tensor = new(storage, offset, shape, strides);
        if (shape.Contains(0)) return tensor;
        Int128 last = offset, distinct = 1, all = 1;
        for (int d = 0; d < shape.Length; d++)
        {
            last += (Int128)(shape[d] - 1) * strides[d];
            if (strides[d] != 0) distinct *= shape[d];
            all *= shape[d];
            if (last >= storage.Count || distinct > storage.Count || all > MostNumbers) break;
        }
        if (last >= storage.Count || distinct > storage.Count || all > MostNumbers)
            throw ForeignFile.Damaged($"a tensor of the sizes [{string.Join(", ", shape)}] lies outside of its storage of "
                + $"{storage.Count:N0} numbers");
        return tensor;
    }
}
