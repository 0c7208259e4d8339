namespace MocoSharp.Embeddings;

/// <summary>The numbers of a file of embeddings, row by row.</summary>
internal interface IEmbeddingRows : IDisposable
{
    /// <summary>N.</summary>
    int Count { get; }

    /// <summary>D.</summary>
    int Dimensions { get; }

    /// <summary>Reads some rows that follow each other; a row without an embedding is all NaN.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="values">[n, D].</param>
    void Read(int first, Span<float> values);
}
