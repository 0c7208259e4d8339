using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Blocks;

/// <summary>A queue of projections in which nearest neighbors are looked up, with the labels of their pictures for monitors. All of it is
/// saved.</summary>
/// <remarks>Dwibedi et al. 2021, arXiv:2104.14548, section 3.2. Labels never reach a loss.</remarks>
public sealed class SupportSet : Module
{
    private readonly KeyQueue _queue, _labels;

    /// <summary>Makes one of random unit vectors without labels.</summary>
    /// <param name="length">K, 1 or more.</param>
    /// <param name="features">D.</param>
    public SupportSet(int length, int features)
    {
        _queue = Register("queue", new KeyQueue(length, features));
        _labels = Register("labels", new KeyQueue(length, 1));        // a second ring that moves with the first
        using GradMode off = GradMode.Off();
        _labels.Keys.FillInPlace(-1);
    }

    /// <summary>[K, D], rows of unit length.</summary>
    public Tensor Rows => _queue.Keys;

    /// <summary>The share of rows that came from pictures.</summary>
    public double Fill => _queue.Fill;

    /// <summary>What people should know before training with so many pictures.</summary>
    internal static IEnumerable<string> Warnings(int length, int pictures)
    {
        if (length > pictures)
            yield return $"the support set holds {length} projections and there are {pictures} pictures: a picture's nearest neighbor "
                + $"would often be itself, an epoch older; "
                + $"{Math.Max(1, pictures / 2)} or less suits so few (--set method.supportLength=…)";
    }

    /// <summary>The row nearest to each projection by its cosine.</summary>
    /// <param name="projections">[N, D], rows of unit length.</param>
    /// <returns>[N, D], constants; and [N], which rows they are.</returns>
    public (Tensor Rows, Tensor Indices) Nearest(Tensor projections)
    {
        Tensor indices = NoGrad(() => MatMul(projections, _queue.Keys.T).ArgMax(1));
        return (_queue.Keys.IndexSelect(0, indices), indices);
    }

    /// <summary>The share of labeled pictures whose labeled neighbor is of their class; null where there are none.</summary>
    /// <param name="indices">[N], as <see cref="Nearest"/> gives them.</param>
    /// <param name="labels">[N]: classes, −1 where unknown.</param>
    public double? Purity(Tensor indices, IReadOnlyList<int> labels)
    {
        if (labels.All(static label => label < 0)) return null;
        using TensorScope scope = TensorScope.Begin();
        float[] found = _labels.Keys.IndexSelect(0, indices).To(DType.Float32).ToArray<float>();
        int known = 0, equal = 0;
        for (int i = 0; i < labels.Count; i++)
        {
            if (labels[i] < 0 || found[i] < 0) continue;
            known++;
            if (labels[i] == (int)found[i]) equal++;
        }
        return known == 0 ? null : (double)equal / known;
    }

    /// <summary>The oldest N rows leave, these enter.</summary>
    /// <param name="projections">[N, D], rows of unit length.</param>
    /// <param name="labels">[N]: classes, −1 where unknown.</param>
    public void Push(Tensor projections, IReadOnlyList<int> labels)
    {
        using TensorScope scope = TensorScope.Begin();
        _queue.Push(projections);
        _labels.Push(Tensor.From([.. labels.Select(static label => (float)label)], labels.Count, 1).To(projections.Device));
    }
}
