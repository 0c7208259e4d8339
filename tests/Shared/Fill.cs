using System.Text;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Testing;

/// <summary>Tensors made from a name alone, bit-equal to those of the reference programs: weights and inputs need no file.</summary>
/// <remarks>The formula, and samples of it, are in Golden/README.md and Golden/fill.json.</remarks>
public static class Fill
{
    private static readonly double s_unitVariance = Math.Sqrt(3.0);       // a uniform variable on [−√3, √3) has variance 1

    /// <summary>FNV-1a, 32 bits, of the name's UTF-8 bytes.</summary>
    public static uint Salt(string name)
    {
        uint value = 0x811C9DC5;
        foreach (byte letter in Encoding.UTF8.GetBytes(name)) value = (value ^ letter) * 0x01000193;
        return value;
    }

    /// <summary>murmur3's finalizer of i · 0x9E3779B1 + salt.</summary>
    public static uint Hash(uint salt, uint index)
    {
        uint x = index * 0x9E3779B1 + salt;
        x = (x ^ (x >> 16)) * 0x85EBCA6B;
        x = (x ^ (x >> 13)) * 0xC2B2AE35;
        return x ^ (x >> 16);
    }

    /// <summary>Uniform in [−bound, bound).</summary>
    public static Tensor Uniform(string name, double bound, params long[] shape) => Make(name, shape, u => (2.0 * u - 1.0) * bound);

    /// <summary>Images, features and other data: unit variance.</summary>
    public static Tensor Inputs(string name, params long[] shape) => Uniform(name, s_unitVariance, shape);

    /// <summary>Rows of unit length in float64, where libtorch's versions agree: in float32 they round the quotients differently.</summary>
    public static Tensor Directions(string name, long rows, long columns) =>
        Functional.Normalize(Inputs(name, rows, columns).To(DType.Float64));

    /// <summary>The order that sorts the name's hashes.</summary>
    public static long[] Permutation(string name, int count)
    {
        uint salt = Salt(name);
        return [.. Enumerable.Range(0, count).OrderBy(i => Hash(salt, (uint)i)).Select(static i => (long)i)];
    }

    /// <summary>One entry of a network's state: the name's last part and the rank choose the rule.</summary>
    /// <param name="name">Its full name; the values depend on it.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="gain">Factor of convolutions' and linear layers' weights.</param>
    public static Tensor Parameter(string name, long[] shape, double gain = 1) => name[(name.LastIndexOf('.') + 1)..] switch
    {
        "num_batches_tracked" => Tensor.Zeros(shape, DType.Int64),
        "running_mean" or "bias" => Make(name, shape, static u => 0.1 * (2.0 * u - 1.0)),
        "running_var" => Make(name, shape, static u => 1.0 + 0.2 * u),
        "cls_token" or "reg_token" or "mask_token" or "pos_embed" => Uniform(name, 1, shape),
        "weight" or "gamma" when shape.Length == 1 => Make(name, shape, static u => 1.0 + 0.1 * (2.0 * u - 1.0)),
        "weight" => Uniform(name, Math.Sqrt(3.0 / shape[1..].Aggregate(1L, static (product, size) => product * size)) * gain, shape),
        _ => throw new ArgumentException($"no rule for '{name}'", nameof(name)),
    };

    /// <summary>Overwrites a module's parameters and buffers.</summary>
    /// <param name="module">What to fill.</param>
    /// <param name="rename">From the module's names to those of the formula.</param>
    /// <param name="convolutionGain">Factor of weights of rank 4; linear weights keep 1.</param>
    public static T Module<T>(T module, Func<string, string>? rename = null, double convolutionGain = 1) where T : Module
    {
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        foreach ((string name, Tensor value) in module.State())
            value.CopyFrom(Parameter(rename?.Invoke(name) ?? name, value.Shape, value.Rank == 4 ? convolutionGain : 1));
        return module;
    }

    private static Tensor Make(string name, long[] shape, Func<double, double> value)
    {
        uint salt = Salt(name);
        Tensor tensor = Tensor.Empty(shape);
        Span<float> items = tensor.AsSpan<float>();
        for (int i = 0; i < items.Length; i++) items[i] = (float)value(Hash(salt, (uint)i) / 4294967296.0);
        return tensor;
    }
}
