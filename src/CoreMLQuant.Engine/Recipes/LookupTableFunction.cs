using System.Collections.Generic;

namespace CoreMLQuant.Recipes;

/// <summary>Finds a lookup table and the index of each value. Called for one weight, or one group of its channels, at a time.</summary>
/// <param name="values">The values, in C order.</param>
/// <param name="bitWidth">Bits of an index; the table may have up to 2 to this power entries.</param>
public delegate CustomLookupTable LookupTableFunction(IReadOnlyList<float> values, int bitWidth);

/// <summary>What a <see cref="LookupTableFunction"/> finds.</summary>
/// <param name="Table">The entries.</param>
/// <param name="Indices">For each value the position of its entry, counted from 0.</param>
public sealed record CustomLookupTable(IReadOnlyList<float> Table, IReadOnlyList<int> Indices);
