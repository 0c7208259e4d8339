using MocoSharp.Torch;
namespace MocoSharp.Evaluation;

/// <summary>Interim.</summary>
public sealed class KnnClassifier(int neighbours, double temperature)
{
    /// <summary>Interim.</summary>
    public (double Accuracy, int K) Evaluate(FeatureSet bank, FeatureSet queries)
    {
        using TensorScope outer = TensorScope.Begin();
        Tensor keys = Functional.Normalize(Tensor.From(bank.Values, bank.Count, bank.Dimensions));
        Tensor tests = Functional.Normalize(Tensor.From(queries.Values, queries.Count, queries.Dimensions));
        int hits = 0, k = Math.Min(neighbours, bank.Count);
        double[] votes = new double[bank.Classes.Count];
        for (int start = 0; start < queries.Count; start += 256)
        {
            using TensorScope scope = TensorScope.Begin();
            int rows = Math.Min(256, queries.Count - start);
            (Tensor values, Tensor indices) = tests.Narrow(0, start, rows).MatMul(keys.T).TopK(k);
            float[] cosines = values.ToArray<float>();
            long[] near = indices.ToArray<long>();
            for (int row = 0; row < rows; row++)
            {
                Array.Clear(votes);
                for (int i = 0; i < k; i++) votes[bank.Labels[near[row * k + i]]] += Math.Exp(cosines[row * k + i] / temperature);
                if (Array.IndexOf(votes, votes.Max()) == queries.Labels[start + row]) hits++;
            }
        }
        return ((double)hits / queries.Count, k);
    }
}
