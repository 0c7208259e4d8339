using MocoSharp.Torch.Layers;

namespace MocoSharp.Methods.Blocks;

/// <summary>Small networks between an encoder's features and a loss.</summary>
public static class Heads
{
    /// <summary>Linear layers with ReLU between: features – hidden – … – outputs. Without hidden sizes, one linear layer (MoCo v1's
    /// fc).</summary>
    /// <param name="features">Numbers in.</param>
    /// <param name="hidden">Sizes between, in order; MoCo v2 has one, as wide as the features.</param>
    /// <param name="outputs">Numbers out.</param>
    /// <remarks>MoCo v2: Chen et al. 2020, arXiv:2003.04297. Positions are torch's: 0, 2, 4 hold weights.</remarks>
    public static Sequential Mlp(int features, IReadOnlyList<int> hidden, int outputs) => Projector(features, hidden, outputs, norm: false);

    /// <summary>A projector of several layers: (linear, batch norm where asked, ReLU) … linear, batch norm where asked.</summary>
    /// <param name="features">Numbers in.</param>
    /// <param name="hidden">Sizes between, in order.</param>
    /// <param name="outputs">Numbers out.</param>
    /// <param name="norm">Batch norm behind each hidden linear layer.</param>
    /// <param name="lastNorm">Batch norm behind the last one.</param>
    /// <remarks>Positions are torch's.</remarks>
    public static Sequential Projector(int features, IReadOnlyList<int> hidden, int outputs, bool norm, bool lastNorm = false)
    {
        Sequential head = new();
        foreach (int size in hidden)
        {
            head.Add(new Linear(features, size));
            if (norm) head.Add(new BatchNorm1d(size));
            head.Add(new Relu());
            features = size;
        }
        head.Add(new Linear(features, outputs));
        if (lastNorm) head.Add(new BatchNorm1d(outputs));
        return head;
    }

    /// <summary>(linear, batch norm, ReLU) a hidden layer, then a last linear layer: the heads of methods with two views.</summary>
    /// <param name="features">Numbers in.</param>
    /// <param name="hidden">Width of the hidden layers; 0: as wide as <paramref name="features"/>.</param>
    /// <param name="layers">Hidden layers, 0 or more.</param>
    /// <param name="outputs">Numbers out.</param>
    /// <param name="end">What becomes of the last layer.</param>
    /// <remarks>Layers before a batch norm have no bias, for the norm takes it away again; some of the originals keep it. The norms span
    /// the whole batch, whatever the encoder's <see cref="Encoders.EncoderOptions.BatchNormSplits"/>: the papers' span all
    /// cards.</remarks>
    public static Sequential NormedMlp(int features, int hidden, int layers, int outputs, HeadEnd end)
    {
        Sequential head = new();
        int inputs = features, width = hidden == 0 ? features : hidden;
        for (int layer = 0; layer < layers; layer++, inputs = width)
        {
            head.Add(new Linear(inputs, width, bias: false));
            head.Add(new BatchNorm1d(width));
            head.Add(new Relu());
        }
        head.Add(new Linear(inputs, outputs, bias: end == HeadEnd.Biased));
        if (end == HeadEnd.Normed) head.Add(new BatchNorm1d(outputs, affine: false));
        return head;
    }
}

/// <summary>How a head of <see cref="Heads.NormedMlp"/> ends.</summary>
public enum HeadEnd
{
    /// <summary>A linear layer with bias.</summary>
    Biased,

    /// <summary>A linear layer without.</summary>
    Unbiased,

    /// <summary>A linear layer without bias, and a batch norm without learned scale and shift.</summary>
    Normed,
}
