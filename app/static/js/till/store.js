// What the till keeps on the device (IndexedDB): the queue of what is not sent yet, the last customers, and facts.
// The queue names members by id alone. Customers are forgotten when the till is locked.
let opened;

function open(base) {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(`till:${base}`, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("queue", { keyPath: "id" });
      request.result.createObjectStore("people", { keyPath: "id" });
      request.result.createObjectStore("facts");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

export function storeOf(base) {
  // Resolves once the transaction is complete: only then is it safe on the device.
  async function within(name, mode, act) {
    const database = await open(base);
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(name, mode, { durability: "strict" });
      const request = act(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }

  return {
    queue: () => within("queue", "readonly", (store) => store.getAll()),
    put: (item) => within("queue", "readwrite", (store) => store.put(item)),
    drop: (id) => within("queue", "readwrite", (store) => store.delete(id)),
    people: () => within("people", "readonly", (store) => store.getAll()),
    person: (id) => within("people", "readonly", (store) => store.get(id)),
    putPerson: (person) => within("people", "readwrite", (store) => store.put(person)),
    replacePeople: (people) => within("people", "readwrite", (store) => {
      store.clear();
      people.forEach((person, place) => store.put({ ...person, place }));
    }),
    forgetPeople: () => within("people", "readwrite", (store) => store.clear()),
    fact: (name) => within("facts", "readonly", (store) => store.get(name)),
    setFact: (name, value) => within("facts", "readwrite", (store) => store.put(value, name)),
  };
}
