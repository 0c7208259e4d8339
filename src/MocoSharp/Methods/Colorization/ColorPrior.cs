using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Methods.Colorization;

/// <summary>How common the colors of each bin are, and how much each counts.</summary>
/// <remarks>Zhang et al. 2016, arXiv:1603.08511, eq. 4. Colors are counted as they are spread over bins, which smooths the shares as the
/// paper's Gaussian does. A color counts by its nearest bin, so the mean that is 1 is taken over nearest bins; the paper takes it over
/// smoothed shares, which leaves the loss without a known level. Saved with the run.</remarks>
internal sealed class ColorPrior : Module
{
    private readonly Tensor _sums, _nearest, _pictures;

    internal ColorPrior(int bins)
    {
        _sums = Buffer("sums", Tensor.Zeros([bins]));              // each picture counts 1 in all
        _nearest = Buffer("nearest", Tensor.Zeros([bins]));
        _pictures = Buffer("pictures", Tensor.Zeros([1]));
    }

    /// <summary>Pictures that were counted.</summary>
    internal long Pictures => _pictures.Sum().ToInt64();

    /// <summary>Counts the colors of some pictures.</summary>
    /// <param name="bins">[P, k]: the bins that each place's color is spread over, the nearest first.</param>
    /// <param name="shares">[P, k]: how much of it each has.</param>
    /// <param name="pictures">The pictures that these places are from, with as many places each.</param>
    internal void Add(Tensor bins, Tensor shares, int pictures)
    {
        using GradMode off = GradMode.Off();
        using TensorScope scope = TensorScope.Begin();
        long[] at = bins.ToProcessor().Contiguous().ToArray<long>();
        double[] share = shares.ToProcessor().To(DType.Float64).Contiguous().ToArray<double>();
        double[] sums = new double[_sums.ElementCount], nearest = new double[sums.Length];
        (double places, long each) = ((double)bins.Size(0) / pictures, bins.Size(1));
        for (int i = 0; i < at.Length; i++)
        {
            sums[at[i]] += share[i] / places;
            if (i % each == 0) nearest[at[i]] += 1 / places;
        }
        _sums.AddInPlace(Peers.Sum(Tensor.From(sums)).To(_sums.DType).To(_sums.Device));
        _nearest.AddInPlace(Peers.Sum(Tensor.From(nearest)).To(_sums.DType).To(_sums.Device));
        _pictures.AddInPlace(pictures * Peers.Count);
    }

    /// <summary>How much a color of each bin counts, [Q]; the mean over the colors that were counted is 1.</summary>
    /// <param name="uniform">λ.</param>
    internal Tensor Weights(double uniform)
    {
        if (Pictures == 0 || uniform == 1) return Tensor.Ones(_sums.Shape, _sums.DType).To(_sums.Device);
        Tensor weights = (_sums * ((1 - uniform) / Pictures) + uniform / _sums.ElementCount).Pow(-1);
        return weights * Pictures / (_nearest * weights).Sum();
    }
}
