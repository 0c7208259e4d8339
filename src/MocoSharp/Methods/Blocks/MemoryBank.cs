using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Methods.Blocks;

/// <summary>One remembered feature a training picture, in fp32, found by the picture's place in its source. A saved buffer: resuming
/// changes nothing.</summary>
/// <remarks>Wu et al. 2018, arXiv:1805.01978, section 3.1. It starts as random unit vectors, as the paper says; the authors' code starts
/// with a cube of about that size.</remarks>
public sealed class MemoryBank : Module
{
    private const string RowsName = "rows";
    private readonly Tensor _rows;

    /// <summary>Makes one of random unit vectors.</summary>
    /// <param name="pictures">n, 1 or more.</param>
    /// <param name="features">D.</param>
    public MemoryBank(int pictures, int features)
    {
        (Pictures, Features) = (pictures, features);
        _rows = Buffer(RowsName, TensorScope.Keep(() => Functional.Normalize(Tensor.RandomNormal([pictures, features]))));
    }

    /// <summary>n.</summary>
    public int Pictures { get; }

    /// <summary>D.</summary>
    public int Features { get; }

    /// <summary>[n, D], rows of unit length, constants.</summary>
    public Tensor Rows => _rows;

    /// <summary>The remembered features of some pictures, [N, D].</summary>
    public Tensor Of(IReadOnlyList<int> pictures) => _rows.IndexSelect(0, Rowset(pictures));

    /// <summary>Inner products of each feature with rows of its own choice.</summary>
    /// <param name="features">[N, D].</param>
    /// <param name="chosen">[N · M]: sample by sample, which rows.</param>
    /// <returns>[N, M].</returns>
    /// <remarks>Products with the whole bank, then the chosen ones, where that takes less memory than a copy of the chosen rows: N · n
    /// numbers against N · M · D.</remarks>
    public Tensor Products(Tensor features, long[] chosen)
    {
        long samples = features.Size(0), each = chosen.Length / samples;
        Tensor index = Tensor.From(chosen, samples, each).To(features.Device);
        if (Pictures <= each * Features) return features.MatMul(_rows.T).Gather(1, index);
        Tensor rows = _rows.IndexSelect(0, index.View(-1)).View(samples, each, Features);
        return rows.MatMul(features.Unsqueeze(2)).Squeeze(2);
    }

    /// <summary>Each picture's own row in front of its noise: [N] and [N · K] to [N · (1 + K)].</summary>
    public static long[] OwnFirst(IReadOnlyList<int> own, long[] noise)
    {
        int each = noise.Length / own.Count;
        long[] rows = new long[noise.Length + own.Count];
        for (int i = 0; i < own.Count; i++)
        {
            rows[i * (each + 1)] = own[i];
            noise.AsSpan(i * each, each).CopyTo(rows.AsSpan(i * (each + 1) + 1));
        }
        return rows;
    }

    /// <summary>v ← normalize(m · v + (1 − m) · f) for some pictures.</summary>
    /// <param name="pictures">[N]. A picture that stands there twice, as a stand-in for an unreadable one, takes the later feature.</param>
    /// <param name="features">[N, D], constants. Over ranks both are this one's of all that move.</param>
    /// <param name="momentum">m, 0 to 1: the share of the remembered feature that stays.</param>
    public void Move(IReadOnlyList<int> pictures, Tensor features, double momentum)
    {
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        if (Peers.Count > 1) (pictures, features) = (Peers.Gather(Tensor.From<int>([.. pictures])).ToArray<int>(), Peers.Gather(features));
        if (pictures.Distinct().Count() < pictures.Count)
        {
            int[] last = [.. Enumerable.Range(0, pictures.Count).GroupBy(i => pictures[i]).Select(static group => group.Last())];
            features = features.IndexSelect(0, Rowset(last));
            pictures = [.. last.Select(i => pictures[i])];
        }
        Tensor index = Rowset(pictures);
        _rows.IndexCopyInPlace(0, index, Functional.Normalize(_rows.IndexSelect(0, index) * momentum + features * (1 - momentum)));
    }

    /// <summary>A method's saved values for other pictures than they were saved with: banks keep the rows of those that are still there,
    /// and new ones keep what the method has for them now.</summary>
    /// <param name="saved">By name.</param>
    /// <param name="method">A method for the pictures of now.</param>
    /// <param name="places">Where each picture of now was then; −1 for new ones.</param>
    internal static IReadOnlyDictionary<string, Tensor> Placed(IReadOnlyDictionary<string, Tensor> saved, Module method, int[] places)
    {
        Dictionary<string, Tensor> placed = new(saved);
        foreach ((string name, Module value) in method.Modules())
        {
            if (value is not MemoryBank bank || !saved.TryGetValue($"{name}.{RowsName}", out Tensor? rows)) continue;
            int[] kept = [.. Enumerable.Range(0, places.Length).Where(i => places[i] >= 0 && places[i] < rows.Size(0))];
            Tensor now = bank._rows.Clone();
            if (kept.Length > 0)
                now.IndexCopyInPlace(0, bank.Rowset(kept), rows.To(now.Device)
                    .IndexSelect(0, bank.Rowset([.. kept.Select(i => places[i])])));
            placed[$"{name}.{RowsName}"] = now;
        }
        return placed;
    }

    private Tensor Rowset(IReadOnlyList<int> pictures) => Tensor.From([.. pictures.Select(static picture => (long)picture)], pictures.Count)
        .To(_rows.Device);
}
