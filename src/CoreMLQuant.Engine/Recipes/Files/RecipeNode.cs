using System.Collections.Generic;

namespace CoreMLQuant.Recipes.Files;

/// <summary>A position in a recipe file, line and column counted from 1; 0 when it is not known, as in a hashtable.</summary>
/// <param name="Line">The line.</param>
/// <param name="Column">The column.</param>
public readonly record struct RecipePosition(int Line, int Column);

/// <summary>A recipe as it was written, before it is interpreted: the same tree for YAML, JSON, data files and hashtables.</summary>
/// <param name="Position">Where it begins.</param>
public abstract record RecipeNode(RecipePosition Position);

/// <summary>A single value.</summary>
/// <param name="Text">The value in invariant culture; <see langword="null"/> for none.</param>
/// <param name="Position">Its position.</param>
public sealed record RecipeScalar(string? Text, RecipePosition Position) : RecipeNode(Position);

/// <summary>A list.</summary>
/// <param name="Items">The items, in order.</param>
/// <param name="Position">Where it begins.</param>
public sealed record RecipeList(IReadOnlyList<RecipeNode> Items, RecipePosition Position) : RecipeNode(Position);

/// <summary>Keys with values, in order; a key may be there twice, which is for the reader to refuse.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="Position">Where it begins.</param>
public sealed record RecipeMap(IReadOnlyList<RecipeEntry> Entries, RecipePosition Position) : RecipeNode(Position);

/// <summary>A key with its value.</summary>
/// <param name="Key">The key.</param>
/// <param name="Position">Position of the key.</param>
/// <param name="Value">The value.</param>
public sealed record RecipeEntry(string Key, RecipePosition Position, RecipeNode Value);
