using System.Linq.Expressions;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;

namespace SearchService;

/// <summary>The smallest collection that can be searched: all vectors in memory, compared one by one. A program that keeps millions takes
/// a vector database's connector in its place; the rest of the program stays as it is.</summary>
/// <param name="name">The collection's name.</param>
/// <param name="key">A record's key.</param>
/// <param name="vector">A record's vector.</param>
/// <param name="embedder">Makes vectors of what is searched for.</param>
internal sealed class MemoryCollection<TRecord>(
    string name, Func<TRecord, string> key, Func<TRecord, ReadOnlyMemory<float>> vector,
    IEmbeddingGenerator<DataContent, Embedding<float>> embedder) : VectorStoreCollection<string, TRecord>
    where TRecord : class
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TRecord> _records = [];

    public override string Name => name;

    public override Task<bool> CollectionExistsAsync(CancellationToken cancellationToken = default) => Task.FromResult(true);

    public override Task EnsureCollectionExistsAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public override Task EnsureCollectionDeletedAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock) _records.Clear();
        return Task.CompletedTask;
    }

    public override Task<TRecord?> GetAsync(
        string key, RecordRetrievalOptions? options = null, CancellationToken cancellationToken = default)
    {
        lock (_lock) return Task.FromResult(_records.GetValueOrDefault(key));
    }

    public override async IAsyncEnumerable<TRecord> GetAsync(
        Expression<Func<TRecord, bool>> filter, int top, FilteredRecordRetrievalOptions<TRecord>? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (TRecord record in All().Where(filter.Compile()).Skip(options?.Skip ?? 0).Take(top)) yield return record;
        await Task.CompletedTask;
    }

    public override Task DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        lock (_lock) _records.Remove(key);
        return Task.CompletedTask;
    }

    public override Task UpsertAsync(TRecord record, CancellationToken cancellationToken = default)
    {
        lock (_lock) _records[key(record)] = record;
        return Task.CompletedTask;
    }

    public override async Task UpsertAsync(IEnumerable<TRecord> records, CancellationToken cancellationToken = default)
    {
        foreach (TRecord record in records) await UpsertAsync(record, cancellationToken);
    }

    public override async IAsyncEnumerable<VectorSearchResult<TRecord>> SearchAsync<TInput>(
        TInput searchValue, int top, VectorSearchOptions<TRecord>? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ReadOnlyMemory<float> query = searchValue switch
        {
            ReadOnlyMemory<float> made => made,
            DataContent picture => (await embedder.GenerateAsync(picture, cancellationToken: cancellationToken)).Vector,
            _ => throw new NotSupportedException($"A {typeof(TInput).Name} cannot be searched for: give a picture or a vector."),
        };
        Func<TRecord, bool> filter = options?.Filter?.Compile() ?? (static _ => true);
        foreach (VectorSearchResult<TRecord> hit in All().Where(filter)
            .Select(record => new VectorSearchResult<TRecord>(record, TensorPrimitives.CosineSimilarity(query.Span, vector(record).Span)))
            .OrderByDescending(static hit => hit.Score).Skip(options?.Skip ?? 0).Take(top))
            yield return hit;
    }

    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType.IsInstanceOfType(this) ? this : null;

    private TRecord[] All()
    {
        lock (_lock) return [.. _records.Values];
    }
}
